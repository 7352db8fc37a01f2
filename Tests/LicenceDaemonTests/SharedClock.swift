import Licensing
import Synchronization

@testable import LicenceDaemon

/// A clock that a test sets, which several tasks may read. It begins at 2026-03-01 08:00 UTC.
final class SharedClock: Sendable {
    private let seconds = Mutex<UInt64>(1_772_352_000)

    /// The clock as the daemon takes it.
    var now: Clock { { [self] in Timestamp(seconds: seconds.withLock { $0 }) } }

    /// Is set back by so many days, but not to before 1970.
    func setBack(days: UInt64) { seconds.withLock { $0 -= min($0, days * 86_400) } }

    /// Goes on by so many days.
    func advance(days: UInt64) { seconds.withLock { $0 += days * 86_400 } }
}
