import Control
import Glibc
import Licensing
import TransferCodes

/// Asks for a code: the name of a file, or its lines, typed or pasted.
struct WizardCode {
    let environment: CommandEnvironment
    let kind: CodeKind
    private var question: Question { Question(environment) }

    /// The most lines that are taken before something has to come of them.
    private static let mostLines = 1000

    init(environment: CommandEnvironment, kind: CodeKind) {
        (self.environment, self.kind) = (environment, kind)
    }

    /// The code, once one could be read; what keeps one from being read is said, and asked again.
    ///
    /// - Throws: `cancelled` at the end of input.
    func read() throws -> CodeInput {
        environment.note("\nThe \(kind.name): the name of its file, or its lines, ended by an empty line.\n")
        while true {
            let answer = try question.ask("Code")
            guard !answer.isEmpty else { continue }
            let bytes = try Self.isFileName(answer) ? file(answer) : lines(startingWith: answer)
            if let bytes, let input = input(bytes) { return input }
        }
    }

    /// The code in `bytes`; nil where there is none, after saying why.
    private func input(_ bytes: [UInt8]) -> CodeInput? {
        do throws(CodeError) {
            // Read here to know it is whole; the daemon gets it as it was typed, and reports what it put right.
            _ = try CodeReader.read(bytes, expecting: kind)
        } catch {
            environment.note(ErrorReport(LicenceError(error)).text)
            return nil
        }
        return try? CodeInput(bytes, expecting: kind)
    }

    /// Whether an answer is meant as a file's name: there is such a file, or it looks like a name and not like a line of
    /// a code, which has neither dots nor slashes.
    private static func isFileName(_ answer: String) -> Bool {
        let name = unquoted(answer)
        return access(name, F_OK) == 0 || (name.contains(".") || name.contains("/")) && !name.contains(" ")
    }

    /// The name without the quotation marks that a terminal puts around a file that is dropped on it.
    private static func unquoted(_ answer: String) -> String {
        guard answer.count >= 2, let mark = answer.first, mark == "'" || mark == "\"", answer.last == mark else {
            return answer
        }
        return String(answer.dropFirst().dropLast())
    }

    /// The bytes of the file; nil where it can't be read, after saying why.
    private func file(_ answer: String) -> [UInt8]? {
        do throws(CommandError) {
            return try CodeInput.text(Self.unquoted(answer), expecting: kind, in: environment).bytes
        } catch {
            environment.note(error.name == .pictureRefused ? ErrorReport(error).text : "\(error.message)\n")
            return nil
        }
    }

    /// Takes lines up to an empty one. An `.aut` file has an empty line behind its heading: while nothing of a code has
    /// come, one empty line ends nothing, and only a second one does.
    private func lines(startingWith first: String) throws -> [UInt8] {
        var lines = [first]
        while lines.count < Self.mostLines {
            guard let line = try environment.console.readLine() else { throw LicenceError(.cancelled) }
            guard Question.trimmed(line).isEmpty else {
                lines.append(line)
                continue
            }
            if lines.last?.isEmpty ?? true || Self.holdsCode(lines) { break }
            lines.append("")
        }
        return Self.bytes(lines)
    }

    private static func holdsCode(_ lines: [String]) -> Bool {
        do throws(CodeError) {
            _ = try CodeReader.read(bytes(lines))
            return true
        } catch {
            return error != .nothingFound
        }
    }

    private static func bytes(_ lines: [String]) -> [UInt8] {
        Array(lines.joined(separator: "\n").utf8)
    }
}
