import Synchronization

/// The arrivals and departures of one source, waiting to be read; bounded.
///
/// There are `capacity` slots. An arrival takes one and keeps it until its departure was read, or until it departs
/// unread; without a free slot it is refused. So a reader that falls behind costs the newcomers their place and never
/// memory, and no departure is ever lost.
package final class DongleEvents: AsyncSequence, Sendable {
    package typealias Element = DongleEvent
    package typealias Failure = Never

    private struct State {
        var waiting: [DongleEvent] = []
        var taken: Set<DonglePort> = []
        var reader: CheckedContinuation<DongleEvent?, Never>?
        var isFinished = false
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: how many dongles there may be at a time.
    package init(capacity: Int) {
        self.capacity = capacity
    }

    /// Tells of an arrival; false where there is no room for it, or where the source was closed.
    package func arrive(_ arrival: DongleArrival) -> Bool {
        let (accepted, reader) = state.withLock { state -> (Bool, CheckedContinuation<DongleEvent?, Never>?) in
            guard !state.isFinished, state.taken.count < capacity, state.taken.insert(arrival.port).inserted else {
                return (false, nil)
            }
            return (true, Self.deliver(.arrived(arrival), in: &state))
        }
        reader?.resume(returning: .arrived(arrival))
        return accepted
    }

    /// Tells of a departure. One of a dongle that never arrived, or departed already, is ignored.
    package func depart(_ port: DonglePort) {
        let reader = state.withLock { state -> CheckedContinuation<DongleEvent?, Never>? in
            guard state.taken.contains(port), !state.waiting.contains(where: { Self.isDeparture($0, of: port) }) else {
                return nil
            }
            let unread = state.waiting.firstIndex { event in
                if case .arrived(let arrival) = event { arrival.port == port } else { false }
            }
            if let unread {
                state.waiting.remove(at: unread)
                state.taken.remove(port)
                return nil
            }
            let reader = Self.deliver(.departed(port), in: &state)
            if reader != nil { state.taken.remove(port) }
            return reader
        }
        reader?.resume(returning: .departed(port))
    }

    /// Ends the sequence once what waits was read.
    package func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// The next event if there is one already; nil where a reader would have to wait for it, or waits.
    package func takeWaiting() -> DongleEvent? {
        state.withLock { state in state.reader == nil ? Self.takeFirst(from: &state) : nil }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(events: self) }

    /// Reads the events; nil at the end, and when the reading task is cancelled.
    package struct Iterator: AsyncIteratorProtocol {
        let events: DongleEvents

        package mutating func next() async -> DongleEvent? { await events.next() }

        package mutating func next(isolation actor: isolated (any Actor)?) async -> DongleEvent? {
            await events.next()
        }
    }

    private func next() async -> DongleEvent? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = state.withLock { state -> DongleEvent?? in
                    if let event = Self.takeFirst(from: &state) { return event }
                    // A second reader, or one that was cancelled already, gets the end at once.
                    if state.isFinished || state.reader != nil || Task.isCancelled { return .some(nil) }
                    state.reader = continuation
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: nil)
        }
    }

    /// Takes the oldest event that waits; with a departure its slot is free again.
    private static func takeFirst(from state: inout State) -> DongleEvent? {
        guard !state.waiting.isEmpty else { return nil }
        let event = state.waiting.removeFirst()
        if case .departed(let port) = event { state.taken.remove(port) }
        return event
    }

    private static func isDeparture(_ event: DongleEvent, of port: DonglePort) -> Bool {
        if case .departed(port) = event { true } else { false }
    }

    /// Hands the event to the reader that waits, which the caller resumes outside the lock, or puts it into the queue.
    private static func deliver(
        _ event: DongleEvent, in state: inout State
    ) -> CheckedContinuation<DongleEvent?, Never>? {
        guard let reader = state.reader else {
            state.waiting.append(event)
            return nil
        }
        state.reader = nil
        return reader
    }
}
