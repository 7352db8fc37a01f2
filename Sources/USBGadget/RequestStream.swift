package import DongleProtocol

/// The requests in what the host sends, and how much to read for the next of them: a pure value, fresh for each
/// conversation.
///
/// A read has to be a multiple of the packet size, and it ends when that many bytes have come or with a packet that is
/// not full. A frame can end exactly at the end of a packet with nothing behind it, so a read must never ask for more
/// packets than the frame is known to have.
package struct RequestStream: Sendable {
    /// What the host sent.
    package enum Arrival: Sendable, Hashable {
        /// A whole request.
        case request(Frame)
        /// Bytes that are no frame. Nothing behind them has a beginning that could be trusted, so the rest of the
        /// conversation is read and dropped.
        case garbage
    }

    private let packetSize: Int
    private var decoder = FrameDecoder()
    private var isGarbled = false

    /// - Parameter packetSize: the bytes of a full packet; nil where it is none that a bulk endpoint can have.
    package init?(packetSize: UInt16) {
        guard (8...1024).contains(packetSize), packetSize & (packetSize - 1) == 0 else { return nil }
        self.packetSize = Int(packetSize)
    }

    /// How many bytes to read next: the packets that the request still has, as far as its header tells; at least one.
    package var readSize: Int {
        let missing = isGarbled ? 1 : max(1, decoder.missing)
        return (missing + packetSize - 1) / packetSize * packetSize
    }

    /// Takes what a read gave.
    package mutating func take(_ bytes: ArraySlice<UInt8>) -> [Arrival] {
        guard !isGarbled else { return [] }
        var rest = bytes
        var arrivals: [Arrival] = []
        do {
            while let frame = try decoder.next(from: &rest) { arrivals.append(.request(frame)) }
        } catch {
            isGarbled = true
            arrivals.append(.garbage)
        }
        return arrivals
    }
}
