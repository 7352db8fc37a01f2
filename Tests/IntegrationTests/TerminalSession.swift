import Foundation
import Glibc
import Synchronization
import TestKit
import Testing

/// A program at a terminal of 80 columns and 24 lines, and the person who sits there: real processes over a
/// pseudo-terminal, which is the program's controlling one, so that Ctrl-C does what it does.
final class TerminalSession: Sendable {
    private struct State {
        var screen = ""
        /// Where the person looks on from, in characters of the screen's text.
        var seen = 0
        var waiting: (wanted: Wanted, continuation: CheckedContinuation<Bool, Never>)?
        var isClosed = false
        var status: Int32?
        var ended: [CheckedContinuation<Void, Never>] = []
    }

    /// What the person waits for.
    private enum Wanted {
        /// These words, on one line or several.
        case text(String)
        /// A question that begins so and stands at the end of the screen.
        case question(String)

        /// Whether it is in `screen`; how many of its characters are seen by then.
        func count(in screen: Substring) -> Int? {
            switch self {
            case .text(let text):
                let plain = screen.replacing("\r\n", with: " ")
                return plain.range(of: text).map { plain.distance(from: plain.startIndex, to: $0.upperBound) }
            case .question(let beginning):
                let line = screen.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).last ?? ""
                return line.hasPrefix(beginning) && line.hasSuffix(": ") ? screen.count : nil
            }
        }
    }

    private let person: Int32
    private let pid: pid_t
    private let state = Mutex(State())

    /// Starts `program` in a session of its own.
    init(_ program: String, _ arguments: [String], environment: [String: String]) throws {
        let terminal = try PseudoTerminal()
        person = terminal.person
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        try #require(ioctl(person, UInt(TIOCSWINSZ), &size) == 0)
        pid = try Self.start(program, arguments, environment, terminal: terminal.path)
        Thread.detachNewThread { [weak self, person] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            var rest: [UInt8] = []
            while true {
                let count = read(person, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                // EIO: the last process that had the terminal open is gone.
                guard count > 0 else { break }
                rest += buffer.prefix(count)
                // A character of several bytes may come in two parts.
                guard let text = String(validating: rest, as: UTF8.self) else { continue }
                rest = []
                self?.update { $0.screen += text }
            }
            self?.update { $0.isClosed = true }
        }
        Thread.detachNewThread { [weak self, pid] in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7f
            self?.update { $0.status = signal == 0 ? status >> 8 & 0xff : 128 + signal }
        }
    }

    deinit {
        if state.withLock({ $0.status == nil }) { kill(pid, SIGKILL) }
        close(person)
    }

    /// Everything that was on the screen, what was typed included; lines end with a line feed alone.
    var screen: String { state.withLock { $0.screen.replacing("\r\n", with: "\n") } }

    /// Waits until `text` stands on the screen behind what was seen before.
    func sees(_ text: String) async throws { try await waits(for: .text(text)) }

    /// Waits until a question that begins with `question` is asked.
    func isAsked(_ question: String) async throws { try await waits(for: .question(question)) }

    /// Types a line once a question that begins with `question` is asked.
    func answers(_ question: String, _ line: String) async throws {
        try await isAsked(question)
        type(line + "\n")
    }

    private func waits(for wanted: Wanted) async throws {
        let found = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in update { $0.waiting = (wanted, continuation) } }
        } onCancel: {
            kill(pid, SIGKILL)
        }
        try #require(found, "\(wanted) did not come: \(screen)")
    }

    /// Presses keys.
    func type(_ keys: String) { _ = keys.withCString { write(person, $0, strlen($0)) } }

    /// Waits for the program's end.
    func status() async -> Int32 {
        await withCheckedContinuation { continuation in update { $0.ended.append(continuation) } }
        return state.withLock { $0.status ?? -1 }
    }

    private func update(_ body: (inout sending State) -> Void) {
        let (found, ended) = state.withLock { state -> ((CheckedContinuation<Bool, Never>, Bool)?, _) in
            body(&state)
            let hasEnded = state.isClosed && state.status != nil
            var found: (CheckedContinuation<Bool, Never>, Bool)?
            if let waiting = state.waiting {
                if let count = waiting.wanted.count(in: state.screen.dropFirst(state.seen)) {
                    state.seen += count
                    found = (waiting.continuation, true)
                } else if hasEnded {
                    found = (waiting.continuation, false)
                }
                if found != nil { state.waiting = nil }
            }
            var ended: [CheckedContinuation<Void, Never>] = []
            if hasEnded { swap(&ended, &state.ended) }
            return (found, ended)
        }
        if let found { found.0.resume(returning: found.1) }
        for continuation in ended { continuation.resume() }
    }

    private static func start(
        _ program: String, _ arguments: [String], _ environment: [String: String], terminal: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that the leader of a session opens becomes its controlling one.
        posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0)
        for descriptor in [Int32(1), 2] { posix_spawn_file_actions_adddup2(&actions, 0, descriptor) }
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads of a pool block signals, and a program starts with what its starter blocks.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // What a shell runs in the background ignores Ctrl-C, and so would all that it starts.
        var typed = sigset_t()
        sigemptyset(&typed)
        for signal in [SIGINT, SIGQUIT] { sigaddset(&typed, signal) }
        posix_spawnattr_setsigdefault(&attributes, &typed)
        let newSession: Int16 = 0x80  // POSIX_SPAWN_SETSID, which Glibc does not show without _GNU_SOURCE
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | newSession)
        var pid: pid_t = 0
        let number = posix_spawn(&pid, program, &actions, &attributes, &words, &settings)
        guard number == 0 else { throw Machine.Failure(description: "\(program) can't be started: \(number)") }
        return pid
    }
}
