import Licensing

/// Whether the machine's clock runs behind what it wrote down itself, or behind a certificate: then it was set back, or
/// lost its time.
enum ClockCheck {
    /// How far two machines' clocks may be apart without anyone's concern; a dongle's records may be another machine's.
    static let tolerance: UInt64 = 300
    /// A certificate has a day and no time, in whatever zone its vendor works.
    static let day: UInt64 = 86_400

    /// By how many seconds the clock is behind; nil where nothing says so.
    ///
    /// - Parameters:
    ///   - records: when something was written down.
    ///   - issued: the days of certificates.
    static func delay(now: Timestamp, records: [Timestamp], issued: [CalendarDay]) -> UInt64? {
        let bounds =
            records.map { $0.seconds.subtractingReportingOverflow(tolerance) }
            + issued.map { (UInt64($0.daysSince1970) * day).subtractingReportingOverflow(day) }
        let latest = bounds.filter { !$0.overflow }.map(\.partialValue).max() ?? 0
        return latest > now.seconds ? latest - now.seconds : nil
    }

    /// `3 days`, `2 hours`, `7 minutes`: as much as a person wants to know.
    static func words(_ seconds: UInt64) -> String {
        for (name, size) in [("day", day), ("hour", 3600), ("minute", 60)] where seconds >= size {
            let count = seconds / size
            return count == 1 ? "1 \(name)" : "\(count) \(name)s"
        }
        return seconds == 1 ? "1 second" : "\(seconds) seconds"
    }
}
