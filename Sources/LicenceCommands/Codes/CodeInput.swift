import Control
import Licensing
import TransferCodes

/// The text of a code as it goes to the daemon.
struct CodeInput: Sendable {
    /// The text.
    let text: String
    /// The lines of the code alone, where they could be read here; else the text.
    let lines: String
    /// What was put right while it was read here; empty where the daemon is left to read it, who then reports it.
    let repairs: [RepairEntry]

    /// The most bytes that are looked at.
    static let longest = CodeReader.maximumLength
    /// The longest text that is handed on as it is, in bytes.
    static let longestCall = Calls.longestCode

    /// The code in the files at `paths`, or in standard input for `-`: text, or pictures with QR pictures in them.
    ///
    /// - Throws: the errors of ``FoundText``, `pictureIncomplete`, and what ``TransferCodes/CodeReader`` finds wrong with
    ///   a text that has to be read here; of a code of another kind it is said what `daemon` knows of it.
    static func read(
        _ paths: [String], expecting kind: CodeKind, in environment: CommandEnvironment, daemon: Daemon
    ) async throws -> CodeInput {
        let found = try FoundText(paths, expecting: kind, in: environment)
        if case .failure = found.reading.result, found.bytes.count <= Certificate.longestFile,
            let certificate = try? Certificate(fileText: String(decoding: found.bytes, as: UTF8.self))
        {
            let name = paths.first ?? "-"
            throw LicenceError(
                .codeWrongKind,
                [
                    .expected: kind.name,
                    .reason: "\(name) is no \(kind.name) but the certificate of licence \(certificate.number)",
                    .command: "take it in with: almctl certificate import \(name); then load the \(kind.name)",
                ])
        }
        do throws(CodeError) {
            return try CodeInput(found)
        } catch {
            if found.hasPictures, case .missing = error {
                throw CommandError(
                    .pictureIncomplete, LicenceError(error).message,
                    hint: "a code may be in several pictures: give the others too, each with its own --input, in any "
                        + "order",
                    parameters: LicenceError(error).parameters.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value })
            }
            throw await WrongBox(daemon: daemon).refusal(error, of: found.reading.stray)
        }
    }

    /// The text of files as it is, where it is plain text of a moderate length, whatever is wrong with it; else the lines
    /// of the code that is in it.
    ///
    /// - Throws: why there is none in a text that has to be read here.
    init(_ found: FoundText) throws(CodeError) {
        let read = found.reading.result
        if !found.hasPictures, found.bytes.count <= Self.longestCall, found.bytes.allSatisfy(Self.isPlain),
            let text = String(validating: found.bytes, as: UTF8.self)
        {
            (self.text, repairs) = (text, [])
            lines = (try? read.get()).map { Self.lines(of: $0.code) } ?? text
        } else {
            let read = try read.get()
            lines = Self.lines(of: read.code)
            (text, repairs) = (lines, read.repairs.map(RepairEntry.init))
        }
    }

    /// A code that was typed; what was put right in it was said while it was typed.
    init(typed code: TransferCode) {
        lines = Self.lines(of: code)
        (text, repairs) = (lines, [])
    }

    /// Has `step` done with the code. Where it is refused for what is in it, what was put right here is said, and those
    /// lines are named as the suspects: the daemon, which got them clean, can't.
    ///
    /// - Throws: what `step` throws.
    func use<Reply>(
        in environment: CommandEnvironment, _ step: (CodeInput) async throws -> Reply
    ) async throws -> Reply {
        do {
            return try await step(self)
        } catch let error as LicenceError where !repairs.isEmpty && CodeEntry.isAboutTheCode(error.code) {
            environment.note(repairs.text)
            throw error.suspecting(repairs.map(Repair.init))
        }
    }

    private static func lines(of code: TransferCode) -> String { PrintedCode(code).lines.joined(separator: "\n") }

    /// Any byte but the control characters that text does not have; UTF-16 gives itself away by them.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
