import Control
import Licensing
import QRPictures
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
        var (bytes, hasPictures) = ([UInt8](), false)
        for path in paths {
            // An empty line between two files: what ends the one and begins the other is not one line of the code.
            bytes += bytes.isEmpty ? [] : [0x0A, 0x0A]
            let text = try self.text(path, expecting: kind, in: environment)
            bytes += text.bytes
            hasPictures = hasPictures || text.isOfPicture
        }
        guard hasPictures else { return try CodeInput(bytes, expecting: kind) }
        do throws(CodeError) {
            return try CodeInput(reading: bytes, expecting: kind)
        } catch {
            guard case .missing = error else { throw LicenceError(error) }
            throw CommandError(
                .pictureIncomplete, LicenceError(error).message,
                hint: "a code may be in several pictures: give the others too, each with its own --input, in any order",
                parameters: LicenceError(error).parameters.reduce(into: [:]) { $0[$1.key.rawValue] = $1.value })
        }
    }

    /// The text in a file, as it is, unwrapped, or as its pictures say, and whether it is the last.
    static func text(
        _ path: String, expecting kind: CodeKind, in environment: CommandEnvironment
    ) throws(CommandError) -> (bytes: [UInt8], isOfPicture: Bool) {
        let limit = QRReader.largestFile
        let name = path == "-" ? "standard input" : path
        let bytes =
            path == "-"
            ? try environment.console.readAll(limit: limit) : try InputFile.read(path: path, limit: limit)
        if let text = try PictureInput.text(in: bytes, name: name) { return (Array(text.utf8), true) }
        guard let text = try CodeWrapping.unwrapped(bytes, expecting: kind, name: name) else {
            throw .inputTooLarge(name, limit: longest)
        }
        return (text, false)
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
        do throws(CodeError) {
            self = try CodeInput(reading: bytes, expecting: kind)
        } catch {
            throw LicenceError(error)
        }
    }

    /// A code that was typed; what was put right in it was said while it was typed.
    init(typed code: TransferCode) {
        (text, repairs) = (PrintedCode(code).lines.joined(separator: "\n"), [])
    }

    /// The lines of the code that is in these bytes.
    private init(reading bytes: [UInt8], expecting kind: CodeKind) throws(CodeError) {
        let read = try CodeReader.read(bytes, expecting: kind)
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
