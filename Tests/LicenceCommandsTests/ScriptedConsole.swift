import LicenceCommands
import Synchronization

/// A console whose person has typed everything beforehand; what is printed is kept.
final class ScriptedConsole: Console {
    private struct State {
        var lines: [String]
        /// The rest of what was pasted.
        var waiting: [String] = []
        var secrets: [String]
        var output = ""
        var errors = ""
        var transcript = ""
        var questions: [String] = []
        var awaited: (text: String, continuation: CheckedContinuation<Void, Never>)?
    }

    let isInteractive: Bool
    let outputSize: TerminalSize?
    private let input: [UInt8]
    private let failsToWrite: Bool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - lines: what is typed line by line; after the last comes the end of input. What has several lines is pasted: they
    ///     stand there at once. Nil: there is no terminal.
    ///   - secrets: what is typed unseen.
    ///   - input: what standard input holds where it is read to its end.
    ///   - outputSize: the size of the terminal that standard output is; nil: it is none.
    init(
        lines: [String]? = nil, secrets: [String] = [], input: [UInt8] = [], failsToWrite: Bool = false,
        outputSize: TerminalSize? = nil
    ) {
        isInteractive = lines != nil
        self.outputSize = outputSize
        self.input = input
        self.failsToWrite = failsToWrite
        state = Mutex(State(lines: lines ?? [], secrets: secrets))
    }

    var output: String { state.withLock { $0.output } }
    var errors: String { state.withLock { $0.errors } }
    /// What a person at the terminal saw: both outputs, and what was typed.
    var transcript: String { state.withLock { $0.transcript } }
    /// What stood on the screen, from the beginning, whenever a line was waited for.
    var questions: [String] { state.withLock { $0.questions } }
    /// How many typed lines nobody read, or dropped.
    var linesLeft: Int { state.withLock { $0.lines.count + $0.waiting.count } }

    func write(_ text: String) throws(CommandError) {
        if failsToWrite { throw .standardOutputFailed("no space is left") }
        state.withLock {
            $0.output += text
            $0.transcript += text
        }
    }

    func writeError(_ text: String) {
        let satisfied = state.withLock { state in
            state.errors += text
            state.transcript += text
            guard let awaited = state.awaited, state.errors.contains(awaited.text) else {
                return CheckedContinuation<Void, Never>?.none
            }
            state.awaited = nil
            return awaited.continuation
        }
        satisfied?.resume()
    }

    /// Returns once `text` stands in standard error; one at a time may wait.
    func waitForError(_ text: String) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.errors.contains(text) { return true }
                state.awaited = (text, continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    var hasInputWaiting: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// Drops the rest of what was pasted; what is typed next is typed once the question is there.
    func dropTypedAhead() { state.withLock { $0.waiting = [] } }

    func readLine() throws(CommandError) -> String? {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.questions.append(state.transcript)
                guard !state.lines.isEmpty else { return nil }
                let typed = state.lines.removeFirst()
                state.waiting = typed.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                if typed.hasSuffix("\n") { state.waiting.removeLast() }
            }
            let line = state.waiting.removeFirst()
            state.transcript += line + "\n"
            return line
        }
    }

    func readSecretLine(_ question: String) throws(CommandError) -> [UInt8]? {
        writeError(question)
        return nextSecret()
    }

    private func nextSecret() -> [UInt8]? {
        state.withLock { state in
            guard !state.secrets.isEmpty else { return nil }
            return Array(state.secrets.removeFirst().utf8)
        }
    }

    func readAll(limit: Int) throws(CommandError) -> [UInt8] {
        guard input.count <= limit else { throw .inputTooLarge("standard input", limit: limit) }
        return input
    }
}
