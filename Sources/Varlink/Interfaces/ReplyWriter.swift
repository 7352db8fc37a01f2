/// Sends the replies of a stream, one at a time.
package struct ReplyWriter<Reply: Encodable & Sendable>: Sendable {
    private let write: @Sendable (Reply) async throws -> Void

    /// A writer that hands each reply to `write`; a server makes one for each call, a test its own.
    package init(_ write: @escaping @Sendable (Reply) async throws -> Void) {
        self.write = write
    }

    /// Sends one reply and says that more follow. Returns once the reader has room for the next, so a stream goes no
    /// faster than its reader.
    ///
    /// - Throws: `CancellationError` when the connection has ended, be it because the reader took nothing for
    ///   ``Limits/unsentTime``, or when the server stops; ``VarlinkServerError/replyTooLong(bytes:limit:)``; what the encoder throws.
    package func send(_ reply: Reply) async throws {
        try await write(reply)
    }
}
