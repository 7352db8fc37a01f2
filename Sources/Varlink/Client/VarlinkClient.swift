package import LinuxSystem
package import NIOCore
import NIOPosix

/// A connection to a Varlink service on a Unix socket.
///
/// Calls may be made from several tasks; they are sent and answered in order. What belongs to the connection at the
/// service's side (a lease, say) lives until ``close()``, or until the last reference to the client is gone.
package final class VarlinkClient: Sendable {
    private let channel: any Channel
    private let connection: NIOLoopBound<ClientConnection>
    private let limits: Limits

    private init(_ channel: any Channel, _ connection: NIOLoopBound<ClientConnection>, _ limits: Limits) {
        self.channel = channel
        self.connection = connection
        self.limits = limits
    }

    deinit {
        channel.close(promise: nil)
    }

    /// Connects to the service that listens at a path.
    ///
    /// - Parameters:
    ///   - path: the socket.
    ///   - timeLimit: how long the connection may take to be accepted by the kernel; the calls have no limit of time.
    ///   - limits: the caps.
    ///   - group: the event loops; the process's own by default.
    /// - Throws: ``VarlinkClientError``.
    package static func connect(
        unixPath path: String,
        timeLimit: Duration = .seconds(5),
        limits: Limits = Limits(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws(VarlinkClientError) -> VarlinkClient {
        guard UnixAddress.isPossible(path) else { throw .invalidPath(path) }
        do {
            let channel = try await ClientBootstrap(group: group)
                .connectTimeout(TimeAmount(timeLimit))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            ClientConnection(limits: limits, loop: channel.eventLoop))
                    }
                }
                .connect(unixDomainSocketPath: path)
                .get()
            let connection = try await channel.eventLoop.submit {
                NIOLoopBound(
                    try channel.pipeline.syncOperations.handler(type: ClientConnection.self),
                    eventLoop: channel.eventLoop)
            }.get()
            return VarlinkClient(channel, connection, limits)
        } catch {
            throw VarlinkClientError(connectingTo: path, error)
        }
    }

    /// Calls a method that answers once.
    ///
    /// Cancelling the task gives up waiting; the service may carry out the call all the same.
    ///
    /// - Parameters:
    ///   - method: the fully qualified name.
    ///   - parameters: what encodes to a JSON object.
    ///   - reply: the type of the answer.
    /// - Throws: ``VarlinkClientError``.
    package func call<Reply: Decodable & Sendable>(
        _ method: String, _ parameters: some Encodable & Sendable = NoParameters(), returning reply: Reply.Type
    ) async throws(VarlinkClientError) -> Reply {
        let message = try encoded(method, parameters)
        let connection = self.connection
        let answer: ReplyMessage
        do {
            let (ticket, pending) = try await connection.eventLoop.submit { connection.value.call(message) }.get()
            answer = try await withTaskCancellationHandler {
                try await pending.get()
            } onCancel: {
                connection.eventLoop.execute { connection.value.abandon(ticket) }
            }
        } catch {
            throw VarlinkClientError(error)
        }
        return try Self.decoded(answer)
    }

    /// Calls a method that answers with a stream.
    ///
    /// Calls that are made while the stream goes on are answered after its last reply: a stream without an end wants a
    /// connection of its own.
    ///
    /// - Parameters:
    ///   - method: the fully qualified name.
    ///   - parameters: what encodes to a JSON object.
    ///   - reply: the type of each answer.
    /// - Throws: ``VarlinkClientError``; what the service answers comes out of the replies.
    package func stream<Reply: Decodable & Sendable>(
        _ method: String, _ parameters: some Encodable & Sendable = NoParameters(), of reply: Reply.Type
    ) async throws(VarlinkClientError) -> VarlinkReplies<Reply> {
        let message = try encoded(method, parameters, wantsMore: true)
        let connection = self.connection
        do {
            let ticket = try await connection.eventLoop.submit { try connection.value.stream(message) }.get()
            return VarlinkReplies(self, connection, ticket)
        } catch {
            throw VarlinkClientError(error)
        }
    }

    /// Calls a method without waiting for an answer, and without learning of an error. Returns when it is sent.
    ///
    /// - Throws: ``VarlinkClientError``.
    package func send(
        _ method: String, _ parameters: some Encodable & Sendable = NoParameters()
    ) async throws(VarlinkClientError) {
        let message = try encoded(method, parameters, isOneway: true)
        let connection = self.connection
        do {
            try await connection.eventLoop.flatSubmit { connection.value.oneway(message) }.get()
        } catch {
            throw VarlinkClientError(error)
        }
    }

    /// Who the service is, as the kernel knows: the credentials of whoever listens.
    package func peerCredentials() async -> PeerCredentials? {
        let channel = self.channel
        let credentials = try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
                PeerCredentials(ofPeerOf: $0)
            }
        }.get()
        return credentials.flatMap { $0 }.flatMap { $0 }
    }

    /// Returns when the connection has ended, from whichever side.
    package func waitUntilClosed() async {
        try? await channel.closeFuture.get()
    }

    /// Ends the connection; calls that wait fail with ``VarlinkClientError/connectionEnded``.
    package func close() async {
        try? await channel.close().get()
    }

    /// What a reply holds, or the error that it is.
    static func decoded<Reply: Decodable>(_ message: ReplyMessage) throws(VarlinkClientError) -> Reply {
        if let name = message.error { throw .remote(RemoteError(name: name, parameters: message.parameters)) }
        do {
            return try JSONObject.decode(from: message.parameters)
        } catch {
            let parameter = (error as? DecodingError).map { JSONObject.parameter(in: $0) }
            throw .unexpectedReply(parameter: parameter ?? "parameters")
        }
    }

    private func encoded(
        _ method: String, _ parameters: some Encodable, isOneway: Bool = false, wantsMore: Bool = false
    ) throws(VarlinkClientError) -> [UInt8] {
        do {
            return try CallMessage.encode(
                method: method, parameters: parameters, isOneway: isOneway, wantsMore: wantsMore, limits: limits)
        } catch {
            throw .unsendable("\(error)")
        }
    }
}
