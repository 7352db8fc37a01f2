import NIOCore

/// The replies of a stream, in order, each taken from the connection when it is asked for: a reader that is slow makes
/// the service wait, and nothing piles up here.
///
/// Varlink has no way to tell a service that nobody listens any more, so letting go of the replies before the last one
/// closes the connection. They can be read once.
package final class VarlinkReplies<Reply: Decodable & Sendable>: AsyncSequence, Sendable {
    package typealias Element = Reply
    package typealias Failure = VarlinkClientError

    /// Keeps the connection open as long as somebody reads.
    private let client: VarlinkClient
    private let connection: NIOLoopBound<ClientConnection>
    private let ticket: ClientConnection.Ticket

    /// - Parameter ticket: the stream's, on that connection.
    init(
        _ client: VarlinkClient, _ connection: NIOLoopBound<ClientConnection>, _ ticket: ClientConnection.Ticket
    ) {
        self.client = client
        self.connection = connection
        self.ticket = ticket
    }

    deinit {
        connection.eventLoop.execute { [connection, ticket] in connection.value.abandon(ticket) }
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(replies: self)
    }

    fileprivate func next() async throws(VarlinkClientError) -> ReplyMessage {
        let (connection, ticket) = (connection, ticket)
        do {
            return try await withTaskCancellationHandler {
                try await connection.eventLoop.flatSubmit { connection.value.next(of: ticket) }.get()
            } onCancel: {
                connection.eventLoop.execute { connection.value.abandon(ticket) }
            }
        } catch {
            throw VarlinkClientError(error)
        }
    }

    /// Reads the replies one by one.
    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let replies: VarlinkReplies
        private var isLast = false

        fileprivate init(replies: VarlinkReplies) {
            self.replies = replies
        }

        /// The next reply; nil after the last.
        ///
        /// - Throws: ``VarlinkClientError``; nothing comes after that.
        package mutating func next() async throws(VarlinkClientError) -> Reply? {
            guard !isLast else { return nil }
            isLast = true
            let message = try await replies.next()
            let reply: Reply = try VarlinkClient.decoded(message)
            isLast = !message.continues
            return reply
        }

        /// The next reply; nil after the last.
        ///
        /// - Throws: ``VarlinkClientError``; nothing comes after that.
        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(VarlinkClientError) -> Reply? {
            try await next()
        }
    }
}
