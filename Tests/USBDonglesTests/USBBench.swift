import Dispatch
import Dongles
import Logging
import Synchronization
import Testing

@testable import USBDongles

/// A source over a ``RecordingUSB``, with no patience to speak of.
final class USBBench {
    let usb: RecordingUSB
    let source: USBDongleSource
    let watches: Watches
    private var iterator: DongleEvents.Iterator

    static func start(
        _ usb: RecordingUSB = RecordingUSB(), settings: USBSettings = USBSettings(rescanInterval: .milliseconds(100)),
        obstacle: @autoclosure @escaping @Sendable () -> String? = nil, times: USBTimes = .short,
        log: any LogHandler = SwiftLogNoOpLogHandler()
    ) async throws -> USBBench {
        let watches = Watches()
        let surroundings = USBSurroundings(
            hotplugObstacle: obstacle, watch: { watches.add($0, $1) }, times: times)
        let source = try await USBDongleSource.start(
            settings, calls: usb, in: surroundings, logger: Logger(label: "test") { _ in log })
        return USBBench(usb, source, watches)
    }

    /// The same with a device plugged in that is otherwise than others by `change`.
    static func start(
        obstacle: String? = nil, times: USBTimes = .short, _ change: (inout RecordingUSB.Device) -> Void
    ) async throws -> USBBench {
        let usb = RecordingUSB()
        var device = RecordingUSB.Device("FIRST")
        change(&device)
        usb.plug(1, device)
        return try await start(usb, obstacle: obstacle, times: times)
    }

    /// Plugs a device in, and returns once its opening waits for the gate.
    func plugHeldUp(
        _ number: UInt = 1, serial: String = "FIRST", at address: UInt8 = 4,
        _ change: (inout RecordingUSB.Device) -> Void = { _ in }
    ) async -> Gate {
        let gate = Gate()
        var device = RecordingUSB.Device(serial, at: address)
        device.gate = gate
        change(&device)
        usb.plug(number, device)
        await usb.until { $0.calls.contains("interfaces \(number)") }
        return gate
    }

    private init(_ usb: RecordingUSB, _ source: USBDongleSource, _ watches: Watches) {
        self.usb = usb
        self.source = source
        self.watches = watches
        iterator = source.events.makeAsyncIterator()
    }

    /// The next event, which has to be an arrival.
    func arrival() async throws -> DongleArrival {
        guard case .arrived(let arrival) = await iterator.next() else { throw Surprise() }
        return arrival
    }

    /// The next event, which has to be a departure.
    func departure() async throws -> DonglePort {
        guard case .departed(let port) = await iterator.next() else { throw Surprise() }
        return port
    }

    /// The next event is the end.
    func isAtEnd() async -> Bool { await iterator.next() == nil }

    /// Closes the source, and checks that nothing was left and no rule broken.
    func close(_ location: SourceLocation = #_sourceLocation) async {
        await source.close()
        #expect(usb.violations == [], sourceLocation: location)
        #expect(usb.calls.last == "end", sourceLocation: location)
    }

    /// How the device at that address stands.
    func state(_ address: UInt8 = 4) -> USBSighting.State? {
        source.report().devices.first { $0.node.hasSuffix("00\(address)") }?.state
    }

    /// How the device at that address stands once nothing tries to open it any more.
    func stateOnceOpened(_ address: UInt8 = 4) async -> USBSighting.State? {
        while true {
            let state = state(address)
            if state != .opening { return state }
            await Task.yield()
        }
    }

    struct Surprise: Error {}
}

/// What an exchange came to, run where blocking is allowed.
func exchanged(
    _ cable: any DongleTransport & Sendable, _ frame: [UInt8] = [1], within limit: Duration = .seconds(60)
) async -> Result<[UInt8], TransportError> {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async {
            do throws(TransportError) {
                continuation.resume(returning: .success(try cable.exchange(frame, within: limit)))
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
    }
}

/// The watches on folders of nodes.
final class Watches: Sendable {
    private let watched = Mutex<[String: @Sendable () -> Void]>([:])

    func add(_ folder: String, _ changed: @escaping @Sendable () -> Void) -> NodeWatch? {
        watched.withLock { $0[folder] = changed }
        return NodeWatch { self.watched.withLock { $0[folder] = nil } }
    }

    /// The folders that are watched.
    var folders: [String] { watched.withLock { $0.keys.sorted() } }

    /// Something in a folder changes.
    func change(_ folder: String) { watched.withLock { $0[folder] }?() }
}

extension USBTimes {
    /// So little that a test need not wait.
    static let short = USBTimes(
        retries: Array(repeating: .milliseconds(1), count: 6), goneGrace: .milliseconds(1),
        cancellation: .seconds(60))
    /// So much that only what is waited for ends the wait.
    static let patient = USBTimes(retries: [.milliseconds(1)], goneGrace: .seconds(60), cancellation: .seconds(60))
}
