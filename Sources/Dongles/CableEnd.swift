import DongleProtocol
import Licensing

/// The device's end of a cable: what comes off the cable for each request, faults included.
///
/// The same for the socket and for a pipe within the process.
package final class CableEnd {
    /// What the cable does with a request.
    package enum Delivery: Sendable, Hashable {
        /// Carries these bytes back; `slowly` a byte at a time.
        case reply([UInt8], slowly: Bool)
        /// Carries nothing back.
        case nothing
        /// Carries these bytes back, perhaps none, and ends.
        case pull(after: [UInt8])
    }

    private let device: DongleDevice
    private let fault: CableFault?
    private var exchanges: UInt32 = 0

    /// - Parameter fault: what goes wrong; nil: nothing.
    package init(_ device: DongleDevice, fault: CableFault? = nil) {
        self.device = device
        self.fault = fault
    }

    /// Whether the cable was pulled.
    package private(set) var isPulled = false

    /// What follows on the request `bytes`. A device whose disk has failed says so, and that is the last of it.
    package func carry(_ bytes: [UInt8]) -> Delivery {
        guard !isPulled else { return .pull(after: []) }
        exchanges = exchanges == .max ? .max : exchanges + 1
        guard let kind = fault.flatMap({ exchanges >= $0.exchange ? $0.kind : nil }) else {
            let reply = device.reply(to: bytes)
            return device.failure == nil ? .reply(reply, slowly: false) : pull(after: reply)
        }
        if kind == .pullBefore { return pull(after: []) }
        if kind == .full || kind == .readOnly { device.storage = kind == .full ? .full : .readOnly }
        let reply = device.reply(to: bytes)
        return switch kind {
        case .pullBefore, .pullAfter: pull(after: [])
        case .pullWithin: pull(after: Array(reply.prefix(reply.count / 2)))
        case .silent: .nothing
        case .slow: .reply(reply, slowly: true)
        case .short: .reply(Self.changed(reply) { ($0.sequence, Array($0.payload.dropLast())) }, slowly: false)
        case .garbage: .reply(Self.garbage, slowly: false)
        case .wrongSequence: .reply(Self.changed(reply) { ($0.sequence &+ 1, $0.payload) }, slowly: false)
        case .full, .readOnly: .reply(reply, slowly: false)
        }
    }

    /// What follows on bytes in which no request could be found.
    package var unreadable: Delivery { isPulled ? .pull(after: []) : .reply(device.unreadable, slowly: false) }

    private func pull(after bytes: [UInt8]) -> Delivery {
        isPulled = true
        return .pull(after: bytes)
    }

    private static let garbage = [UInt8](repeating: 0xA5, count: 64)

    /// The same frame with another number and payload, and the right checksum.
    private static func changed(
        _ bytes: [UInt8], _ change: (Frame) -> (sequence: UInt16, payload: [UInt8])
    ) -> [UInt8] {
        guard let frame = try? Frame(bytes: bytes) else { return garbage }
        let (sequence, payload) = change(frame)
        let changed = try? Frame(
            version: frame.version, command: frame.command, direction: frame.direction, sequence: sequence,
            payload: payload)
        return changed?.bytes ?? garbage
    }
}
