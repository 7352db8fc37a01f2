/// The instant by which an operation has to be done.
struct Deadline {
    private let instant: ContinuousClock.Instant

    init(after duration: Duration) {
        instant = ContinuousClock.now.advanced(by: duration)
    }

    /// What is left of it, never less than zero.
    var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: instant)) }
}
