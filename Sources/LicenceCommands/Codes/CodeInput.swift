import Control
import Licensing
import TransferCodes

/// The text of a code as it goes to the daemon.
struct CodeInput: Sendable {
    /// The text.
    let text: String
    /// What was put right while it was read here; empty where the daemon is left to read it, who then reports it.
    let repairs: [RepairEntry]

    /// The most bytes that are looked at.
    static let longest = CodeReader.maximumLength
    /// The longest text that is handed on as it is, in bytes.
    static let longestCall = Calls.longestCode

    /// The code in the files at `paths`, or in standard input for `-`: text, or pictures with QR pictures in them.
    ///
    /// - Throws: `inputRefused`, `inputTooLarge`, `pictureRefused`, `pictureReaderMissing`, the errors of
    ///   ``init(_:expecting:)``.
    static func read(
        _ paths: [String], expecting kind: CodeKind, in environment: CommandEnvironment
    ) throws -> CodeInput {
        var parts: [InputText] = []
        for path in paths { parts.append(try InputText(path, expecting: kind, in: environment)) }
        let input = InputText(joining: parts)
        guard input.hasPictures else { return try CodeInput(input, expecting: kind) }
        do throws(CodeError) {
            return try CodeInput(reading: input, expecting: kind)
        } catch {
            guard case .missing = error else { throw LicenceError(error) }
            throw CommandError(
                .pictureIncomplete, LicenceError(error).message,
                hint: "a code may be in several pictures: give the others too, each with its own --input, in any order",
                parameters: LicenceError(error).parameters.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value })
        }
    }

    /// The text as it is, where it is plain text of a moderate length; else the lines of the code that is in it.
    ///
    /// - Throws: what ``TransferCodes/CodeReader`` finds wrong with a text that has to be read here.
    init(_ input: InputText, expecting kind: CodeKind) throws(LicenceError) {
        if input.bytes.count <= Self.longestCall, input.bytes.allSatisfy(Self.isPlain),
            let text = String(validating: input.bytes, as: UTF8.self)
        {
            (self.text, repairs) = (text, [])
            return
        }
        do throws(CodeError) {
            self = try CodeInput(reading: input, expecting: kind)
        } catch {
            throw LicenceError(error)
        }
    }

    /// A code that was typed; what was put right in it was said while it was typed.
    init(typed code: TransferCode) {
        (text, repairs) = (PrintedCode(code).lines.joined(separator: "\n"), [])
    }

    /// The lines of the code that is in a text.
    private init(reading input: InputText, expecting kind: CodeKind) throws(CodeError) {
        let read = try input.code(expecting: kind)
        text = PrintedCode(read.code).lines.joined(separator: "\n")
        repairs = read.repairs.map {
            RepairEntry(
                line: $0.line, group: $0.group, position: $0.position, read: $0.read ?? "", correct: $0.correct ?? "")
        }
    }

    /// Any byte but the control characters that text does not have; UTF-16 gives itself away by them.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
