/// An instant as a clock gave it, in whole seconds since 1970-01-01T00:00:00Z.
///
/// It is written beside what happened, for people to read; nothing in a transfer is decided by it.
package struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970.
    package let seconds: UInt64

    package init(seconds: UInt64) {
        self.seconds = seconds
    }

    /// The day in UTC; nil after 2149-06-06.
    package var day: CalendarDay? {
        Int64(exactly: seconds).flatMap { CalendarDay(secondsSince1970: $0) }
    }

    /// `2026-11-21 05:10 UTC`, or the bare number of seconds where the calendar does not reach.
    package var description: String {
        guard let day else { return "\(seconds) s" }
        let minutes = seconds / 60 % 1440
        let (hour, minute) = (minutes / 60, minutes % 60)
        return "\(day) \(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute) UTC"
    }

    package static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }
}
