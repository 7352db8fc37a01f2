import Dispatch
import NIOCore
import Synchronization

/// The host's end of a cable that is a connection.
///
/// ``exchange(_:within:)`` blocks the thread it is called on, which must not be one of the event loop's.
final class CableTransport: DongleTransport, Sendable {
    private struct State {
        /// Who waits for a reply.
        var waiting: DispatchSemaphore?
        /// The reply that has come and was not fetched yet.
        var reply: [UInt8]?
        /// Why no reply is given any more; one that has come before can still be fetched.
        var ending: TransportError?
    }

    private let channel: any Channel
    private let state = Mutex(State())

    init(_ channel: any Channel) {
        self.channel = channel
    }

    func exchange(_ frame: [UInt8], within limit: Duration) throws(TransportError) -> [UInt8] {
        let semaphore = DispatchSemaphore(value: 0)
        let ending = state.withLock { state -> TransportError? in
            if state.ending == nil, state.waiting != nil { return .failed("nothing: another request still waits") }
            if state.ending == nil { state.waiting = semaphore }
            return state.ending
        }
        if let ending { throw ending }
        channel.writeAndFlush(ByteBuffer(bytes: frame), promise: nil)
        _ = semaphore.wait(timeout: .now() + .nanoseconds(limit.wholeNanoseconds))
        // What is there decides, not whether the time was up: the reply may have come in between.
        let result = state.withLock { state -> Result<[UInt8], TransportError> in
            defer { (state.waiting, state.reply) = (nil, nil) }
            if let reply = state.reply { return .success(reply) }
            let ending = state.ending ?? .silent
            state.ending = ending
            return .failure(ending)
        }
        return try result.get()
    }

    func close() { channel.close(promise: nil) }

    /// A whole frame has come; false where nobody asked for one.
    func received(_ frame: [UInt8]) -> Bool {
        let waiting = state.withLock { state -> DispatchSemaphore? in
            guard state.reply == nil, state.ending == nil else { return nil }
            if state.waiting != nil { state.reply = frame }
            return state.waiting
        }
        waiting?.signal()
        return waiting != nil
    }

    /// No reply comes any more; the first reason stays.
    func ended(_ error: TransportError) {
        let waiting = state.withLock { state -> DispatchSemaphore? in
            guard state.ending == nil else { return nil }
            state.ending = error
            return state.reply == nil ? state.waiting : nil
        }
        waiting?.signal()
    }
}
