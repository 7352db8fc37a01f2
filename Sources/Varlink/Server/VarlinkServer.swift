import LinuxSystem
package import NIOCore
import NIOPosix

/// Serves a ``VarlinkService`` on a Unix socket.
///
/// ``start(service:on:limits:group:onEvent:)`` listens; ``run()`` returns when the server has stopped. Nothing ticks
/// while nobody asks for anything.
package final class VarlinkServer: Sendable {
    private let core: ServerCore
    private let listener: any Channel
    private let name: SocketName?

    private init(core: ServerCore, listener: any Channel, name: SocketName?) {
        self.core = core
        self.listener = listener
        self.name = name
    }

    /// Listens and answers from now on.
    ///
    /// - Parameters:
    ///   - service: what is answered.
    ///   - listener: where.
    ///   - limits: the caps.
    ///   - group: the event loops; the process's own by default.
    ///   - onEvent: told of connections that come and go, for a log. Called on an event loop: it must return soon.
    /// - Throws: ``VarlinkServerError``.
    package static func start(
        service: VarlinkService,
        on listener: VarlinkListener,
        limits: Limits = Limits(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        onEvent: @escaping @Sendable (VarlinkServerEvent) -> Void = { _ in }
    ) async throws(VarlinkServerError) -> VarlinkServer {
        let socket: ListeningSocket
        let path: String
        switch listener {
        case .path(let name, let mode):
            socket = try ListeningSocket.bind(path: name, mode: mode, backlog: limits.backlog)
            path = name
        case .inherited(let descriptor):
            socket = try ListeningSocket.inherit(descriptor: descriptor)
            path = "descriptor \(descriptor)"
        }
        let core = ServerCore(service: service, limits: limits, loop: group.next(), onEvent: onEvent)
        do {
            let channel = try await ServerBootstrap(group: group)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .childChannelOption(
                    .writeBufferWaterMark, value: .init(low: limits.unsentBytes / 2, high: limits.unsentBytes)
                )
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try core.admit(channel) }
                }
                .withBoundSocket(socket.descriptor)
                .get()
            channel.closeFuture.whenComplete { _ in core.listenerClosed() }
            return VarlinkServer(core: core, listener: channel, name: socket.name)
        } catch {
            socket.name?.remove()
            throw .system(call: "listen", path: path, errno: (error as? IOError)?.errnoCode ?? 0)
        }
    }

    /// Returns when the server has stopped, and the end of every connection has been told.
    ///
    /// Cancelling the task stops the server at once; for a graceful stop call ``beginStop(within:)``.
    ///
    /// - Throws: ``VarlinkServerError/listenerFailed``.
    package func run() async throws {
        try await withTaskCancellationHandler {
            try await core.finished.get()
        } onCancel: {
            beginStop(within: .zero)
        }
    }

    /// Begins to stop: removes the socket's name, accepts nobody, begins no further call, cancels streams. Calls under
    /// way have `grace` to finish; then they are cancelled and their connections closed. Called again, the shorter
    /// grace counts.
    package func beginStop(within grace: Duration) {
        if core.turnAway() {
            // While it is still listened on, so that no other server can have put its own socket there.
            name?.remove()
            listener.close(promise: nil)
        }
        core.stop(within: grace)
    }

    /// Stops, and returns when the last connection's end has been told. A handler that doesn't heed its cancellation
    /// is waited for: it isn't known what it would leave behind.
    package func stop(within grace: Duration) async {
        beginStop(within: grace)
        try? await core.finished.get()
    }
}
