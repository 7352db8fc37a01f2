/// Something that happens once, and that one task waits for.
struct Gate: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    /// It happened.
    func open() { continuation.finish() }

    /// Returns once it has happened, or once the waiting task is cancelled.
    func pass() async {
        for await _ in stream {}
    }
}
