import Foundation
import FuzzKit
import QRPictures
import TransferCodes

@testable import LicenceCommands

/// One input: a code, what it is wrapped in, and what else stands there.
struct WrappedRun {
    private let choices: Choices

    init(_ choices: Choices) {
        self.choices = choices
    }

    func play() {
        let code = choices.code(of: choices.pick(Scene.all))
        var lines = code.lines
        // A line that is not there, or one of which nothing can be read, is what has to be said of the code.
        let lost = choices.flag() ? choices.below(lines.count) : nil
        if let lost { lines.remove(at: lost) }
        var file = Array(lines.joined(separator: "\n").utf8)
        // A page may be what is attached; no mail has another one in base64 (RFC 2046, 5.2.1).
        if choices.flag() { file = page(file) }
        if choices.flag() { file = mail(file) }
        let found = Self.look(file, expecting: code.kind, choices)
        if lost == nil {
            require(
                found?.code == code,
                "a code was not found in what it is wrapped in:\n\(String(decoding: file, as: UTF8.self))")
            require(found?.repairs.isEmpty == true, "something was put right in a code that is right")
        } else {
            require(found == nil, "a code was found of which a line is missing")
        }
        // Changed any further, nothing is promised any more but that it ends well.
        choices.spoil(&file, longest: 20)
        _ = Self.look(file, expecting: code.kind, choices)
    }

    private func page(_ text: [UInt8]) -> [UInt8] {
        switch choices.below(3) {
        case 0: Array("<html><body><pre>".utf8) + text + Array("</pre></body></html>\n".utf8)
        case 1: Array("<p>Dear all,</p><p>".utf8) + text.flatMap { $0 == 0x0A ? Array("</p>\n<p>".utf8) : [$0] }
        // Nothing that ends the comment, and no control characters: an attachment with some is taken for no text.
        default:
            Array("<!--".utf8) + choices.run(upTo: 8).filter { $0 >= 0x20 && $0 != 0x2D } + Array("-->".utf8) + text
        }
    }

    private func mail(_ text: [UInt8]) -> [UInt8] {
        Self.attachment(
            Data(text).base64EncodedString(
                options: choices.flag() ? [.lineLength76Characters] : [.endLineWithCarriageReturn]))
    }

    private static func attachment(_ body: String) -> [UInt8] {
        Array("Subject: it\n\n--=_b\nContent-Transfer-Encoding: base64\n\n\(body)\n--=_b--\n".utf8)
    }

    /// Any file at all.
    static func playFile(_ file: [UInt8], _ choices: Choices) {
        let kinds: [CodeKind?] = [nil] + CodeKind.allCases
        _ = look(file, expecting: kinds[choices.below(kinds.count)], choices)
    }

    /// Unwraps a file, and looks at what comes of it.
    private static func look(_ file: [UInt8], expecting kind: CodeKind?, _ choices: Choices) -> ReadCode? {
        let stripped = MarkupText.stripped(file)
        let isWide = PlainText.isMarkedBigEndian(file) != nil
        require(isWide || stripped?.count ?? 0 <= file.count, "a page became longer without its tags")
        require(
            MailParts(file).encoded.compactMap(\.bytes).joined().count <= file.count, "attachments became longer")
        // What a picture says: what an attacker wants it to say, or that it can't be read.
        let pictures: CodeWrapping.PictureReader = { picture, _ throws(QRReaderError) in
            switch picture.last ?? 0 {
            case 0...3: throw .nothingFound
            case 4...7: throw .tooMuch
            case 8...11: throw .notInstalled
            default: return String(decoding: picture, as: UTF8.self)
            }
        }
        do throws(CommandError) {
            let found = try CodeWrapping.unwrapped(file, expecting: kind, name: "a file", reader: pictures)
            let read = CodeRules.read(found.text, expecting: kind)
            require(read == (try? found.reading.result.get()), "what was read is not what stands in the text")
            require(found.reading.lines.count <= 2 * CodeKind.maximumLineCount + 512, "more lines than there can be")
            return read
        } catch {
            require(!error.message.isEmpty && !error.hint.isEmpty, "an error that says nothing")
            return nil
        }
    }
}
