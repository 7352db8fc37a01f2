import NIOCore

/// A client's end of a connection, on its event loop: matches replies with what was asked, in order.
///
/// A message is taken out of what was read only when somebody waits for it, and no more is read while a whole one is
/// there: a stream that nobody takes from waits in the socket.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Names what was asked for, on this connection.
    typealias Ticket = UInt64

    /// What the next replies belong to.
    private enum Expectation {
        case single(EventLoopPromise<ReplyMessage>)
        /// A stream, and who waits for its next reply.
        case stream(EventLoopPromise<ReplyMessage>?)
        /// A single reply that nobody waits for any more.
        case abandoned
    }

    private let limits: Limits
    private let loop: any EventLoop
    private var framer: MessageFramer
    private var expectations: [(ticket: Ticket, kind: Expectation)] = []
    private var nextTicket: Ticket = 0
    private var context: ChannelHandlerContext?
    private var isReadWaiting = false
    /// Why nothing further will come; what was read before is still handed out.
    private var end: VarlinkClientError?

    /// - Parameter loop: the event loop that the connection is on.
    init(limits: Limits, loop: any EventLoop) {
        self.limits = limits
        self.loop = loop
        framer = MessageFramer(limit: limits.replyBytes)
    }

    // MARK: What the client asks

    /// Sends a call with one reply.
    ///
    /// - Returns: its ticket, for ``abandon(_:)``, and its reply.
    func call(_ message: [UInt8]) -> (Ticket, EventLoopFuture<ReplyMessage>) {
        let promise = loop.makePromise(of: ReplyMessage.self)
        do throws(VarlinkClientError) {
            return (try send(message, expecting: .single(promise)), promise.futureResult)
        } catch {
            promise.fail(error)
            return (.max, promise.futureResult)
        }
    }

    /// Sends a call with a stream of replies, to be asked for with ``next(of:)``.
    func stream(_ message: [UInt8]) throws(VarlinkClientError) -> Ticket {
        try send(message, expecting: .stream(nil))
    }

    /// Sends a call without a reply; fulfilled when it is written.
    func oneway(_ message: [UInt8]) -> EventLoopFuture<Void> {
        guard end == nil, let context else { return loop.makeFailedFuture(end ?? .connectionEnded) }
        return context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: message)))
    }

    /// The next reply of a stream; fails once it has ended.
    func next(of ticket: Ticket) -> EventLoopFuture<ReplyMessage> {
        guard let index = expectations.firstIndex(where: { $0.ticket == ticket }),
            case .stream(nil) = expectations[index].kind
        else { return loop.makeFailedFuture(end ?? .connectionEnded) }
        let promise = loop.makePromise(of: ReplyMessage.self)
        expectations[index].kind = .stream(promise)
        advance()
        return promise.futureResult
    }

    /// Nobody waits for this any more. The reply of a call is dropped when it comes; a stream has no end to wait for,
    /// so its connection is closed.
    func abandon(_ ticket: Ticket) {
        guard let index = expectations.firstIndex(where: { $0.ticket == ticket }) else { return }
        switch expectations[index].kind {
        case .single(let promise):
            expectations[index].kind = .abandoned
            promise.fail(VarlinkClientError.cancelled)
        case .stream(let promise):
            expectations.remove(at: index)
            promise?.fail(VarlinkClientError.cancelled)
            finish(.cancelled)
        case .abandoned: break
        }
    }

    // MARK: What the channel tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(.connectionEnded)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.connectionEnded)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard end == nil else { return }
        var bytes = unwrapInboundIn(data)
        framer.append(&bytes)
        advance()
    }

    func read(context: ChannelHandlerContext) {
        if wantsInput { context.read() } else { isReadWaiting = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Steps

    private var wantsInput: Bool { end == nil && !framer.hasMessage && !framer.isTooLong }

    private func send(_ message: [UInt8], expecting kind: Expectation) throws(VarlinkClientError) -> Ticket {
        guard end == nil, let context else { throw end ?? .connectionEnded }
        guard expectations.count < limits.outstandingCalls else { throw .tooManyCalls }
        let ticket = nextTicket
        nextTicket += 1
        expectations.append((ticket, kind))
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: message)), promise: nil)
        return ticket
    }

    private func advance() {
        do throws(MessageFault) {
            while try handOut() {}
        } catch {
            framer.discard()
            finish(.notVarlink(error))
        }
        if end != nil, !framer.hasMessage { failAll() }
        if isReadWaiting, wantsInput {
            isReadWaiting = false
            context?.read()
        }
    }

    /// Hands one message to who waits for it; whether there may be another.
    private func handOut() throws(MessageFault) -> Bool {
        guard framer.hasMessage || framer.isTooLong else { return false }
        guard let expectation = expectations.first else {
            throw framer.isTooLong ? .tooLong(limit: limits.replyBytes) : .unasked
        }
        if case .stream(nil) = expectation.kind { return false }
        guard let message = try framer.next() else { return false }
        let reply = try ReplyMessage.read(message, limits: limits)
        switch expectation.kind {
        case .stream(let promise):
            if reply.continues, reply.error == nil {
                expectations[0].kind = .stream(nil)
            } else {
                expectations.removeFirst()
            }
            promise?.succeed(reply)
        case .single, .abandoned:
            guard !reply.continues else { throw .badMember("continues") }
            expectations.removeFirst()
            if case .single(let promise) = expectation.kind { promise.succeed(reply) }
        }
        return true
    }

    /// Nothing further comes. What was read and is whole is still handed out.
    private func finish(_ reason: VarlinkClientError) {
        guard end == nil else { return }
        end = reason
        context?.close(promise: nil)
        advance()
    }

    /// Fails whoever waits. A stream that nobody asked the next reply of learns of it when it is asked.
    private func failAll() {
        let failed = expectations
        expectations = []
        for expectation in failed {
            switch expectation.kind {
            case .single(let promise), .stream(let promise?): promise.fail(end ?? .connectionEnded)
            case .stream(nil), .abandoned: break
            }
        }
    }
}
