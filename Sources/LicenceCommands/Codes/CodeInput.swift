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

    /// The code in the file at `path`, or in standard input for `-`.
    ///
    /// - Throws: `inputRefused`, `inputTooLarge`, the errors of ``init(_:expecting:)``.
    static func read(_ path: String, expecting kind: CodeKind, in environment: CommandEnvironment) throws -> CodeInput {
        let bytes =
            path == "-"
            ? try environment.console.readAll(limit: longest) : try InputFile.read(path: path, limit: longest)
        return try CodeInput(bytes, expecting: kind)
    }

    /// The text of these bytes as it is, where it is plain text of a moderate length; else the lines of the code that is
    /// in it.
    ///
    /// - Throws: what ``TransferCodes/CodeReader`` finds wrong with bytes that have to be read here.
    init(_ bytes: [UInt8], expecting kind: CodeKind) throws(LicenceError) {
        if bytes.count <= Self.longestCall, bytes.allSatisfy(Self.isPlain),
            let text = String(validating: bytes, as: UTF8.self)
        {
            (self.text, repairs) = (text, [])
            return
        }
        do {
            let read = try CodeReader.read(bytes, expecting: kind)
            text = PrintedCode(read.code).lines.joined(separator: "\n")
            repairs = read.repairs.map {
                RepairEntry(
                    line: $0.line, group: $0.group, position: $0.position, read: $0.read ?? "",
                    correct: $0.correct ?? "")
            }
        } catch {
            throw LicenceError(error)
        }
    }

    /// Any byte but the control characters that text does not have; UTF-16 gives itself away by them.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
