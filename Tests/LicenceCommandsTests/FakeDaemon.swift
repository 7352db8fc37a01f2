import Control
import LicenceCommands
import Licensing
import Synchronization

/// A daemon that answers what a test says, and remembers what it was asked.
final class FakeDaemon: DaemonConnection {
    private struct State {
        var answers: [String: @Sendable (any Sendable) throws -> any Sendable] = [:]
        var unanswered: Set<String> = []
        var calls: [any Sendable] = []
        var openConnections = 0
        var paths: [String] = []
        var isClosed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let events: [EventEntry]

    /// - Parameter events: what a monitor is told before the stream ends.
    init(events: [EventEntry] = []) {
        self.events = events
    }

    /// Answers each call of a method by `body`; any other method is refused.
    func on<Call: Calls.Method>(_: Call.Type, _ body: @escaping @Sendable (Call) throws -> Call.Reply) {
        state.withLock { state in
            state.answers[Call.name] = { call in
                guard let call = call as? Call else { throw LicenceError(.daemonRefused, [.reason: "another call"]) }
                return try body(call)
            }
        }
    }

    /// Takes the calls of a method, and never answers one.
    func neverAnswers<Call: Calls.Method>(_: Call.Type) {
        state.withLock { _ = $0.unanswered.insert(Call.name) }
    }

    /// The calls of a method, in their order.
    func calls<Call: Calls.Method>(_: Call.Type) -> [Call] {
        state.withLock { $0.calls.compactMap { $0 as? Call } }
    }

    /// How many calls there were of any method.
    var callCount: Int { state.withLock { $0.calls.count } }
    /// How many connections were not closed.
    var openConnections: Int { state.withLock { $0.openConnections } }
    /// The sockets that were asked for.
    var paths: [String] { state.withLock { $0.paths } }

    func connected(at path: String) -> FakeDaemon {
        state.withLock {
            $0.openConnections += 1
            $0.isClosed = false
            $0.paths.append(path)
        }
        return self
    }

    func call<Call: Calls.Method>(_ call: Call) async throws -> Call.Reply {
        let (answer, isAnswered) = state.withLock { state in
            state.calls.append(call)
            return (state.answers[Call.name], !state.unanswered.contains(Call.name))
        }
        if !isAnswered { try await Self.cancellation() }
        guard let reply = try answer?(call) as? Call.Reply else {
            throw LicenceError(.daemonRefused, [.reason: "the test answers no \(Call.name)"])
        }
        return reply
    }

    /// Throws when whoever waits gives up.
    private static func cancellation() async throws {
        let (nothing, teller) = AsyncStream.makeStream(of: Never.self)
        for await _ in nothing {}
        teller.finish()
        throw CancellationError()
    }

    func forEachEvent(_ body: (EventEntry) async throws -> Void) async throws {
        for event in events { try await body(event) }
    }

    func waitUntilClosed() async {
        await withCheckedContinuation { continuation in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.waiting.append(continuation) }
                return state.isClosed
            }
            if isClosed { continuation.resume() }
        }
    }

    func close() async { end() }

    /// Ends the connection, as a daemon that is stopped does.
    func end() {
        let waiting = state.withLock { state in
            if !state.isClosed { state.openConnections -= 1 }
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
