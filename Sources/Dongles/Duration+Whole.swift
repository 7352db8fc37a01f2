extension Duration {
    /// Whole milliseconds, at least 0 and at most an hour, so that no number made of them can overflow.
    package var wholeMilliseconds: Int { wholeNanoseconds / 1_000_000 }

    /// Whole nanoseconds, at least 0 and at most an hour.
    package var wholeNanoseconds: Int {
        let bounded = min(max(self, .zero), .seconds(3600)).components
        return Int(bounded.seconds) * 1_000_000_000 + Int(bounded.attoseconds / 1_000_000_000)
    }
}
