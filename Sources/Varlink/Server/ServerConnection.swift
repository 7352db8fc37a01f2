import LinuxSystem
import NIOCore

/// One connection of a server, on its event loop: reads calls, has them carried out, writes replies.
final class ServerConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let identifier: ConnectionIdentifier
    private let peer: PeerCredentials
    private let service: VarlinkService
    private let limits: Limits
    private let loop: any EventLoop
    private let ended: @Sendable (ConnectionIdentifier, VarlinkServerEvent.End) -> Void

    private var state: ServerConnectionState
    private var context: ChannelHandlerContext?
    /// The handler of the call under way. ``over()`` or ``stop()`` cancels it; it always reports back.
    private var task: Task<Void, Never>?
    /// A read that autoRead asked for and that waits for ``ServerConnectionState/wantsInput``.
    private var isReadWaiting = false
    /// Streams' writers that wait for room.
    private var waiting: [EventLoopPromise<Void>] = []
    private var messageTimer: Scheduled<Void>?
    private var unsentTimer: Scheduled<Void>?
    private var reason: VarlinkServerEvent.End?
    private var isOver = false
    private var isAdvancing = false

    /// - Parameter ended: told once, after the service's `connectionEnded` has returned.
    init(
        identifier: ConnectionIdentifier, peer: PeerCredentials, service: VarlinkService, limits: Limits,
        loop: any EventLoop,
        ended: @escaping @Sendable (ConnectionIdentifier, VarlinkServerEvent.End) -> Void
    ) {
        self.identifier = identifier
        self.peer = peer
        self.service = service
        self.limits = limits
        self.loop = loop
        self.ended = ended
        state = ServerConnectionState(limits: limits)
    }

    /// Begins no further call, cancels a stream, and closes once the call under way is answered.
    func stop() {
        if state.stop() { cancelCall() }
        advance()
    }

    /// Closes at once, whatever is under way.
    func close(_ reason: VarlinkServerEvent.End) {
        self.reason = self.reason ?? reason
        context?.close(promise: nil)
    }

    // MARK: What the channel tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        over()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        over()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        state.received(&bytes)
        advance()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            if state.inputDidEnd() { cancelCall() }
            advance()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        state.writability(isWritable)
        if isWritable {
            unsentTimer?.cancel()
            unsentTimer = nil
            let ready = waiting
            waiting = []
            for promise in ready { promise.succeed() }
        } else if unsentTimer == nil {
            unsentTimer = closeLater(in: limits.unsentTime, .readerTooSlow)
        }
        advance()
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if state.wantsInput { context.read() } else { isReadWaiting = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(.closedByPeer)
    }

    // MARK: Steps

    private func advance() {
        guard let context, !isOver, !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        var step = state.next()
        var (turns, size) = (0, 0)
        while true {
            switch step {
            case .wait:
                updateMessageTimer()
                if isReadWaiting, state.wantsInput {
                    isReadWaiting = false
                    context.read()
                }
                return
            case .begin(let message):
                turns += 1
                size += message.count
                messageTimer?.cancel()
                messageTimer = nil
                do throws(MessageFault) {
                    begin(try CallMessage.read(message, limits: limits), context)
                    if turns == Self.longestTurn || size >= Self.largestTurn { return advanceLater() }
                    step = state.next()
                } catch {
                    step = state.refuse(error)
                }
            case .refuse(let fault):
                send(.invalidParameter("message"), context)
                closeWhenSent(.fault(fault), context)
                return
            case .close(let end):
                closeWhenSent(end, context)
                return
            }
        }
    }

    /// How many messages are looked at in one go: those that are refused are answered on the event loop, where other
    /// connections wait for their turn.
    private static let longestTurn = 32
    /// How many bytes of them: the reading of a message takes as long as it is large.
    private static let largestTurn = 32 * 1024

    private func advanceLater() {
        let connection = NIOLoopBound(self, eventLoop: loop)
        loop.execute { connection.value.advance() }
    }

    private func begin(_ reading: CallMessage.Reading, _ context: ChannelHandlerContext) {
        switch reading {
        case .refused(let error, let isOneway):
            if !isOneway { send(error, context) }
        case .call(let call):
            switch service.body(of: call.method, for: peer) {
            case .failure(let error):
                if !call.isOneway { send(error, context) }
            case .success(let body):
                if body.isStream, !call.wantsMore {
                    if !call.isOneway { send(.expectedMore, context) }
                } else {
                    start(call, body)
                }
            }
        }
    }

    private func start(_ call: CallMessage, _ body: MethodBody) {
        state.callStarted(isStream: body.isStream)
        let loop = self.loop
        let connection = NIOLoopBound(self, eventLoop: loop)
        let run = CallRun(
            call: call, body: body, service: service, limits: limits,
            context: CallContext(
                peer: peer, connection: identifier, method: call.method, wantsMore: call.wantsMore),
            write: { message in try await loop.flatSubmit { connection.value.write(message) }.get() },
            finish: { answer in loop.execute { connection.value.finish(answer) } })
        // Ended by the connection: cancelled in `over` and `stop`, and waited for before the connection counts as ended.
        task = Task(executorPreference: TaskPool.shared) { await run.run() }
    }

    private func finish(_ answer: [UInt8]?) {
        task = nil
        state.callFinished()
        if isOver {
            reportEnd()
        } else if let context {
            if let answer { send(answer, context) }
            advance()
        }
    }

    // MARK: Writing

    /// Writes a reply of a stream; done once there is room for the next.
    private func write(_ message: [UInt8]) -> EventLoopFuture<Void> {
        guard let context, !isOver else {
            return loop.makeFailedFuture(CancellationError())
        }
        send(message, context)
        guard !context.channel.isWritable else { return loop.makeSucceededVoidFuture() }
        let promise = loop.makePromise(of: Void.self)
        waiting.append(promise)
        return promise.futureResult
    }

    private func send(_ error: VarlinkError, _ context: ChannelHandlerContext) {
        guard let message = try? ReplyMessage.encode(error, limits: limits) else { return }
        send(message, context)
    }

    private func send(_ message: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: message)), promise: nil)
    }

    // MARK: The end

    private func closeWhenSent(_ reason: VarlinkServerEvent.End, _ context: ChannelHandlerContext) {
        self.reason = self.reason ?? reason
        updateMessageTimer()
        unsentTimer = unsentTimer ?? closeLater(in: limits.unsentTime, .readerTooSlow)
        let connection = NIOLoopBound(self, eventLoop: loop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
            connection.value.close(reason)
        }
    }

    private func closeLater(in time: Duration, _ reason: VarlinkServerEvent.End) -> Scheduled<Void> {
        let connection = NIOLoopBound(self, eventLoop: loop)
        return loop.scheduleTask(in: TimeAmount(time)) { connection.value.close(reason) }
    }

    /// Runs only while a message is half there: a silent connection costs nothing.
    private func updateMessageTimer() {
        if !state.isMessageBegun {
            messageTimer?.cancel()
            messageTimer = nil
        } else if messageTimer == nil {
            messageTimer = closeLater(in: limits.messageTime, .messageTookTooLong)
        }
    }

    /// The channel is gone: cancels what is under way. The end is reported when that has returned.
    private func over() {
        guard !isOver else { return }
        isOver = true
        messageTimer?.cancel()
        unsentTimer?.cancel()
        cancelCall()
        if task == nil { reportEnd() }
    }

    /// Cancels the handler under way, be it that it waits for room.
    private func cancelCall() {
        task?.cancel()
        let cut = waiting
        waiting = []
        for promise in cut { promise.fail(CancellationError()) }
    }

    private func reportEnd() {
        let reason = self.reason ?? .closedByPeer
        let (identifier, service, ended) = (identifier, service, ended)
        // Ends by itself; the server counts the connection until `ended`.
        Task(executorPreference: TaskPool.shared) {
            await service.connectionEnded(identifier)
            ended(identifier, reason)
        }
    }
}
