import LinuxSystem
import NIOCore
import NIOPosix
import Synchronization

/// What a server's connections share: the service, the caps, and who is there.
final class ServerCore: Sendable {
    private struct State {
        var table: ConnectionTable<NIOLoopBound<ServerConnection>>
        var isListenerClosed = false
        var failure: VarlinkServerError?
        var isFinished = false
    }

    private let service: VarlinkService
    private let limits: Limits
    private let loop: any EventLoop
    private let onEvent: @Sendable (VarlinkServerEvent) -> Void
    private let state: Mutex<State>
    private let finish: EventLoopPromise<Void>

    /// - Parameter loop: where the server's own deadline is kept.
    init(
        service: VarlinkService, limits: Limits, loop: any EventLoop,
        onEvent: @escaping @Sendable (VarlinkServerEvent) -> Void
    ) {
        self.service = service
        self.limits = limits
        self.loop = loop
        self.onEvent = onEvent
        state = Mutex(State(table: ConnectionTable(limits: limits)))
        finish = loop.makePromise()
    }

    /// Fulfilled when the listener is closed and the end of every connection has been told.
    var finished: EventLoopFuture<Void> { finish.futureResult }

    /// Lets a connection in. Called on its event loop.
    ///
    /// - Throws: why not; the channel is then closed.
    func admit(_ channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let credentials = try pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { descriptor in
            PeerCredentials(ofPeerOf: descriptor)
        }
        guard case .some(.some(let peer)) = credentials else {
            onEvent(.turnedAway(.unknownPeer, nil))
            throw ConnectionTable<Void>.Refused(reason: .unknownPeer)
        }
        let admission = state.withLock { state in
            state.table.admit(peer) { identifier in
                let connection = ServerConnection(
                    identifier: identifier, peer: peer, service: service, limits: limits, loop: channel.eventLoop
                ) { [self] in ended($0, $1) }
                return NIOLoopBound(connection, eventLoop: channel.eventLoop)
            }
        }
        switch admission {
        case .success(let (identifier, connection)):
            onEvent(.accepted(identifier, peer))
            do {
                try pipeline.addHandler(connection.value)
            } catch {
                ended(identifier, .closedByPeer)
                throw error
            }
        case .failure(let refused):
            onEvent(.turnedAway(refused.reason, peer))
            throw refused
        }
    }

    /// Lets nobody in any more.
    ///
    /// - Returns: whether this is the first time.
    func turnAway() -> Bool {
        state.withLock { state in
            guard !state.table.isStopping else { return false }
            state.table.stop()
            return true
        }
    }

    /// Stops every connection, and closes after `grace` those that are still there.
    func stop(within grace: Duration) {
        let connections = state.withLock { state in
            state.table.stop()
            return Array(state.table.connections.values)
        }
        for connection in connections {
            connection.eventLoop.execute { connection.value.stop() }
        }
        finishIfDone()
        if grace <= .zero {
            closeAll()
        } else {
            let timer = loop.scheduleTask(in: TimeAmount(grace)) { self.closeAll() }
            finished.whenComplete { _ in timer.cancel() }
        }
    }

    /// The listening channel is closed, because the server stops or because it broke.
    func listenerClosed() {
        let isExpected = state.withLock { state in
            state.isListenerClosed = true
            if !state.table.isStopping { state.failure = .listenerFailed }
            return state.table.isStopping
        }
        if isExpected { finishIfDone() } else { stop(within: .zero) }
    }

    private func closeAll() {
        let connections = state.withLock { Array($0.table.connections.values) }
        for connection in connections {
            connection.eventLoop.execute { connection.value.close(.stopped) }
        }
    }

    private func ended(_ identifier: ConnectionIdentifier, _ reason: VarlinkServerEvent.End) {
        state.withLock { $0.table.remove(identifier) }
        onEvent(.ended(identifier, reason))
        finishIfDone()
    }

    private func finishIfDone() {
        let outcome: Result<Void, any Error>? = state.withLock { state in
            guard state.isListenerClosed, state.table.isFinished, !state.isFinished else { return nil }
            state.isFinished = true
            return state.failure.map { .failure($0) } ?? .success(())
        }
        if let outcome { finish.completeWith(outcome) }
    }
}
