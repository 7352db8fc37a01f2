import Control
import Synchronization

/// What happens in the daemon, told to whoever watches.
///
/// A watcher that reads too slowly has the oldest of its unread events dropped; the daemon never waits for
/// one.
final class EventLog: Sendable {
    /// How many unread events are kept for one watcher.
    static let unreadEvents = 256

    private struct Watchers {
        var next = 0
        var isFinished = false
        var continuations: [Int: AsyncStream<EventEntry>.Continuation] = [:]
    }

    private let watchers = Mutex(Watchers())

    init() {}

    /// Tells everyone who watches.
    func post(_ event: EventEntry) {
        watchers.withLock { watchers in
            for continuation in watchers.continuations.values { continuation.yield(event) }
        }
    }

    /// The events from now on, until the reader stops reading or the daemon stops; once it has, none.
    func watch() -> AsyncStream<EventEntry> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: EventEntry.self, bufferingPolicy: .bufferingNewest(Self.unreadEvents))
        let number: Int? = watchers.withLock { watchers in
            guard !watchers.isFinished else { return nil }
            watchers.next += 1
            watchers.continuations[watchers.next] = continuation
            return watchers.next
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.watchers.withLock { $0.continuations.removeValue(forKey: number) }
        }
        return stream
    }

    /// Ends every stream, also those that are asked for later.
    func finish() {
        let continuations = watchers.withLock { watchers in
            watchers.isFinished = true
            return Array(watchers.continuations.values)
        }
        for continuation in continuations { continuation.finish() }
    }
}
