import NIOCore

/// Reads bytes as a server would read them from a connection, without carrying anything out: for fuzzers.
package enum MessageProbe {
    /// What the messages turned out to be.
    package struct Outcome: Equatable, Sendable {
        /// How many calls could have been carried out.
        package var calls = 0
        /// How many messages were answered with an error.
        package var refused = 0
        /// What ended the connection, if anything did.
        package var fault: MessageFault?
    }

    /// Reads a stream of bytes that arrives in chunks of that size.
    package static func read(_ stream: [UInt8], chunk: Int, limits: Limits = Limits()) -> Outcome {
        var outcome = Outcome()
        var framer = MessageFramer(limit: limits.callBytes)
        var rest = stream[...]
        do throws(MessageFault) {
            while !rest.isEmpty {
                var bytes = ByteBuffer(bytes: rest.prefix(max(chunk, 1)))
                rest = rest.dropFirst(max(chunk, 1))
                framer.append(&bytes)
                while let message = try framer.next() {
                    switch try CallMessage.read(message, limits: limits) {
                    case .call: outcome.calls += 1
                    case .refused: outcome.refused += 1
                    }
                }
            }
        } catch {
            outcome.fault = error
        }
        return outcome
    }
}
