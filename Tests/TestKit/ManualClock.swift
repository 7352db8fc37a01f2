package import Licensing
package import Vaults

/// A clock that goes on only when it is asked: a minute for each occasion, so that what happened can be told apart by
/// its time.
package final class ManualClock {
    /// What the clock shows.
    package private(set) var now: Timestamp

    /// Begins at 2026-03-01 08:00 UTC, unless told otherwise.
    package init(_ now: Timestamp = Timestamp(seconds: 1_772_352_000)) {
        self.now = now
    }

    /// Goes on by `seconds` and shows the new time.
    @discardableResult
    package func advance(seconds: UInt64 = 60) -> Timestamp {
        now = Timestamp(seconds: now.seconds + seconds)
        return now
    }

    /// The next occasion, a minute later, on which user 1000 does something.
    package func occasion() -> Occasion {
        Occasion(now: advance(), user: 1000)
    }
}
