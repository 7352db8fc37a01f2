import Licensing

/// Asks the person at the terminal.
struct Question {
    private let environment: CommandEnvironment

    init(_ environment: CommandEnvironment) {
        self.environment = environment
    }

    /// Asks until yes or no is the answer.
    ///
    /// - Throws: `cancelled` for no, at the end of input, and for a word of ``leaving``.
    func confirm(_ question: String) throws {
        guard try agrees(question) else { throw LicenceError(.cancelled) }
    }

    /// Whether the answer is yes rather than no.
    ///
    /// - Throws: `cancelled` at the end of input, and for a word of ``leaving``.
    func agrees(_ question: String) throws -> Bool {
        while true {
            switch try ask("\(question) (yes or no)").lowercased() {
            case "yes", "y": return true
            case "no", "n", "": return false
            default: environment.note("yes or no?\n")
            }
        }
    }

    /// Words that end the dialogue, beside Ctrl-C and Ctrl-D.
    static let leaving: Set = ["exit", "quit"]

    /// The answer, without spaces around it.
    ///
    /// - Throws: `cancelled` at the end of input, and for a word of ``leaving``.
    func ask(_ question: String) throws -> String {
        environment.note("\(question): ")
        guard let line = try environment.console.readLine() else {
            environment.note("\n")
            throw LicenceError(.cancelled)
        }
        let answer = Self.trimmed(line)
        guard !Self.leaving.contains(answer.lowercased()) else { throw LicenceError(.cancelled) }
        return answer
    }

    /// `text` without spaces and tabs at its ends.
    static func trimmed(_ text: some StringProtocol) -> String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }
}
