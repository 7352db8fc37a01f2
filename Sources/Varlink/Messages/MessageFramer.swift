import NIOCore

/// Cuts a stream of bytes into messages, each ended by a NUL. Holds at most one message over its limit plus what one
/// read brought, and looks at each byte once, however slowly a message arrives.
struct MessageFramer {
    private let limit: Int
    private var buffer = ByteBuffer()
    /// How many readable bytes were looked at without finding a NUL.
    private var scanned = 0
    /// Where the first NUL is, counted from the reader index.
    private var end: Int?

    /// - Parameter limit: the longest message, in bytes, without its NUL.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether a whole message is waiting.
    var hasMessage: Bool { end != nil }

    /// Whether the beginning of a message is waiting for its end.
    var hasBegun: Bool { end == nil && buffer.readableBytes > 0 }

    /// Whether the message that waits, or that was begun, is longer than the limit.
    var isTooLong: Bool { (end ?? buffer.readableBytes) > limit }

    /// Takes what was read.
    mutating func append(_ bytes: inout ByteBuffer) {
        if buffer.readableBytes == 0 {
            // A buffer that grew for one long message is not kept for the next short one.
            buffer = bytes
            scanned = 0
        } else {
            buffer.writeBuffer(&bytes)
        }
        findEnd()
    }

    /// The next message without its NUL; nil while there is no whole one.
    ///
    /// - Throws: ``MessageFault/tooLong(limit:)``; nothing more comes out after that.
    mutating func next() throws(MessageFault) -> [UInt8]? {
        guard !isTooLong else { throw .tooLong(limit: limit) }
        guard let length = end, let message = buffer.readBytes(length: length) else { return nil }
        buffer.moveReaderIndex(forwardBy: 1)
        end = nil
        scanned = 0
        if buffer.readableBytes == 0 {
            buffer = ByteBuffer()
        } else if buffer.readerIndex > limit {
            buffer.discardReadBytes()
        }
        findEnd()
        return message
    }

    /// Forgets everything, for a connection whose input no longer counts.
    mutating func discard() {
        buffer = ByteBuffer()
        scanned = 0
        end = nil
    }

    private mutating func findEnd() {
        guard end == nil else { return }
        let view = buffer.readableBytesView
        let start = view.index(view.startIndex, offsetBy: scanned)
        if let index = view[start...].firstIndex(of: 0) {
            end = view.distance(from: view.startIndex, to: index)
        } else {
            scanned = view.count
        }
    }
}
