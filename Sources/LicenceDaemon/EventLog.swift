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

    /// The events from now on, until the reader stops reading or the daemon stops.
    func watch() -> AsyncStream<EventEntry> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: EventEntry.self, bufferingPolicy: .bufferingNewest(Self.unreadEvents))
        let number = watchers.withLock { watchers in
            watchers.next += 1
            watchers.continuations[watchers.next] = continuation
            return watchers.next
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.watchers.withLock { $0.continuations.removeValue(forKey: number) }
        }
        return stream
    }

    /// Ends every stream.
    func finish() {
        let continuations = watchers.withLock { Array($0.continuations.values) }
        for continuation in continuations { continuation.finish() }
    }
}
