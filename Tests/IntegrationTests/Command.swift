import Foundation
import Glibc
import Synchronization

/// A program that was started; killed when its owner goes.
final class Command: Sendable {
    /// What came of a program that has ended.
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String

        /// The output as JSON.
        func json() throws -> Any { try JSONSerialization.jsonObject(with: Data(output.utf8)) }

        /// The output as a JSON object.
        func object() throws -> [String: Any] { try json() as? [String: Any] ?? [:] }

        /// The name of the error that the output tells in JSON.
        var errorName: String? {
            ((try? object())?["error"] as? [String: Any])?["name"] as? String
        }
    }

    private struct State {
        var output = ""
        var errors = ""
        var waiting: [(text: String, times: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var open = 2
        var status: Int32?
        var ended: [CheckedContinuation<Void, Never>] = []
    }

    /// The process, which is waited for by a thread of its own and so stays this one until then.
    let pid: pid_t
    private let state = Mutex(State())

    /// Starts `program` with `arguments`; `input` is its standard input.
    ///
    /// By `posix_spawn` and with pipes that no other child inherits: Foundation's `Process` notices the end of a child
    /// only once every child that was started at the same time has ended, too.
    init(_ program: String, _ arguments: [String], input: String? = nil, environment: [String: String] = [:]) throws {
        let started = try Self.starting.withLock { _ in try Self.start(program, arguments, environment) }
        pid = started.pid
        let (standardInput, output, errors) = (started.input, started.output, started.errors)
        follow(output) { $0.output += $1 }
        follow(errors) { $0.errors += $1 }
        Thread.detachNewThread { [weak self, pid] in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7f
            self?.update { $0.status = signal == 0 ? status >> 8 & 0xff : 128 + signal }
        }
        // The codes and lists of these tests fit into a pipe many times over.
        if let input { _ = input.withCString { write(standardInput, $0, strlen($0)) } }
        close(standardInput)
    }

    deinit { if state.withLock({ $0.status == nil }) { kill(pid, SIGKILL) } }

    /// Waits until the program has printed `text` that often, on either stream; false where it ended without.
    func prints(_ text: String, times: Int = 1) async -> Bool {
        await withCheckedContinuation { continuation in
            update { $0.waiting.append((text, times, continuation)) }
        }
    }

    /// How often the program has printed `text` so far, on either stream.
    func count(of text: String) -> Int { state.withLock { Self.count(of: text, in: $0.output + $0.errors) } }

    private static func count(of text: String, in printed: String) -> Int {
        printed.components(separatedBy: text).count - 1
    }

    /// Waits for the program's end.
    func result() async -> Result {
        await withCheckedContinuation { continuation in update { $0.ended.append(continuation) } }
        return state.withLock { Result(status: $0.status ?? -1, output: $0.output, errors: $0.errors) }
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Sends a signal and waits for the end.
    @discardableResult
    func end(_ number: Int32 = SIGTERM) async -> Result {
        signal(number)
        return await result()
    }

    /// One program is started at a time, so that none inherits the ends of another's pipes.
    private static let starting = Mutex(())

    /// The process, and this side's ends of its pipes.
    private static func start(
        _ program: String, _ arguments: [String], _ environment: [String: String]
    ) throws -> (pid: pid_t, input: Int32, output: Int32, errors: Int32) {
        let (input, output, errors) = (try pipe(), try pipe(), try pipe())
        defer { for end in [input.reading, output.writing, errors.writing] { close(end) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.reading, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
        posix_spawn_file_actions_adddup2(&actions, errors.writing, 2)
        let variables = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        // Threads of a pool block signals, and a program starts with what its starter blocks.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        let number = posix_spawn(&pid, program, &actions, &attributes, &words, &settings)
        guard number == 0 else { throw Machine.Failure(description: "\(program) can't be started: \(number)") }
        return (pid, input.writing, output.reading, errors.reading)
    }

    private static func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw Machine.Failure(description: "no pipe: \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Reads a pipe to its end on a thread of its own.
    private func follow(_ descriptor: Int32, _ append: @escaping @Sendable (inout State, String) -> Void) {
        Thread.detachNewThread { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                let text = String(decoding: buffer.prefix(count), as: UTF8.self)
                self?.update { append(&$0, text) }
            }
            close(descriptor)
            self?.update { $0.open -= 1 }
        }
    }

    /// Changes the state and wakes whoever waited for what it says now.
    private func update(_ body: (inout sending State) -> Void) {
        let (found, ended) = state.withLock { state -> ([(CheckedContinuation<Bool, Never>, Bool)], _) in
            body(&state)
            let hasEnded = state.status != nil && state.open == 0
            var found: [(CheckedContinuation<Bool, Never>, Bool)] = []
            let printed = state.output + state.errors
            state.waiting.removeAll { waiting in
                let isThere = Self.count(of: waiting.text, in: printed) >= waiting.times
                if isThere || hasEnded { found.append((waiting.continuation, isThere)) }
                return isThere || hasEnded
            }
            var ended: [CheckedContinuation<Void, Never>] = []
            if hasEnded { swap(&ended, &state.ended) }
            return (found, ended)
        }
        for (continuation, isThere) in found { continuation.resume(returning: isThere) }
        for continuation in ended { continuation.resume() }
    }
}
