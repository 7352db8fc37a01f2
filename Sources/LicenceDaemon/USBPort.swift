import Dongles
import Logging
import USBDongles

/// Dongles on USB as the daemon takes them: libusb, or a test's stand-in.
protocol USBBus: DongleSource {
    /// What is plugged in, and whether it can tell by itself.
    func report() -> USBReport
}

extension USBDongleSource: USBBus {}

/// Begins with USB, and returns once what is plugged in was looked at.
typealias USBStart = @Sendable (USBSettings, Logger) async throws(USBStartError) -> any USBBus

/// USB as the daemon has it. Nothing of it keeps the daemon from its other work: a machine without USB has a local store
/// and its dongles in files all the same.
enum USBPort: Sendable {
    /// The configuration leaves it alone.
    case off
    /// It can't be used, and why.
    case failed(USBStartError, USBSettings)
    /// Dongles are looked for.
    case open(any USBBus, USBSettings)

    /// Begins as libusb does.
    static let libusb: USBStart = { settings, logger async throws(USBStartError) in
        try await USBDongleSource.start(settings, logger: logger)
    }

    /// Begins as configured, and says in the log what does not work and what is done instead.
    static func open(_ settings: USBSettings?, by start: USBStart, logger: Logger) async -> USBPort {
        guard let settings else {
            logger.info("USB is left alone, as configured")
            return .off
        }
        do throws(USBStartError) {
            return .open(try await start(settings, logger), settings)
        } catch {
            logger.warning("no dongle on USB can be used: \(error.message)", metadata: ["hint": "\(error.hint)"])
            return .failed(error, settings)
        }
    }

    /// Where its dongles come from; nil where there is none.
    var source: (any USBBus)? {
        if case .open(let source, _) = self { source } else { nil }
    }

    /// What is looked for; nil where nothing is.
    var settings: USBSettings? {
        switch self {
        case .off: nil
        case .failed(_, let settings), .open(_, let settings): settings
        }
    }
}
