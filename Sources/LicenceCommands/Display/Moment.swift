import Licensing

/// Instants as people read them.
enum Moment {
    /// Seconds since 1970 as `2026-11-21 05:10 UTC`.
    static func text(_ seconds: Int) -> String {
        UInt64(exactly: seconds).map { Timestamp(seconds: $0).description } ?? "\(seconds) s"
    }

    /// The same with its seconds, `2026-11-21 05:10:33 UTC`.
    static func exactText(_ seconds: Int) -> String {
        let text = text(seconds)
        guard seconds >= 0, text.hasSuffix(" UTC") else { return text }
        return text.dropLast(4) + (seconds % 60 < 10 ? ":0" : ":") + "\(seconds % 60) UTC"
    }
}
