import Foundation
import TransferCodes

/// What codes are looked for in.
enum BenchTexts {
    static func twoWrong(_ code: TransferCode, _ random: inout BenchRandom) -> [UInt8] {
        let text = code.codeLines.map { line in
            var characters = Array(line.compactText)
            let first = random.below(20)
            let second = (first + 1 + random.below(19)) % 20
            for place in [first, second] { characters[place] = characters[place] == "7" ? "8" : "7" }
            let groups = stride(from: 0, to: 20, by: 5).map { String(characters[$0..<$0 + 5]) }
            return "\(line.number)  \(groups.joined(separator: " "))"
        }
        return Array((text.joined(separator: "\n") + "\n").utf8)
    }

    /// Words of one to ten small letters, the 27th an ä; lines of about 70 characters.
    static func prose(_ size: Int, _ random: inout BenchRandom, letters: Int = 26) -> [UInt8] {
        var text: [UInt8] = []
        var column = 0
        while text.count < size {
            let length = 1 + random.below(10)
            for _ in 0..<length {
                let letter = random.below(letters)
                text += letter < 26 ? [0x61 + UInt8(letter)] : Array("ä".utf8)
            }
            column += length + 1
            text += column > 65 ? [0x0D, 0x0A] : [0x20]
            if column > 65 { column = 0 }
        }
        return text
    }

    /// Base64 in lines of 76.
    static func attachment(_ size: Int, _ random: inout BenchRandom) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        while text.count < size {
            for _ in 0..<76 { text.append(alphabet[random.below(64)]) }
            text += [0x0D, 0x0A]
        }
        return text
    }

    /// A log: dates, numbers, words in groups of five.
    static func numbers(_ size: Int, _ random: inout BenchRandom) -> [UInt8] {
        var text: [UInt8] = []
        while text.count < size {
            text += Array("2026-01-15 12:30:\(10 + random.below(50)) node\(random.below(99)) ".utf8)
            for _ in 0..<4 { text += Array("\(10_000 + random.below(90_000)) ".utf8) }
            text += [0x0D, 0x0A]
        }
        return text
    }

    // MARK: Mails

    /// Mails of about 2 MiB as mail programs save them, with a code in the middle.
    ///
    /// - Parameter printed: the code as it is printed.
    static func mails(_ printed: [UInt8], _ random: inout BenchRandom) -> [(name: String, mail: [UInt8])] {
        let quoted = Array(("> " + String(decoding: printed, as: UTF8.self).replacing("\n", with: "\r\n> ")).utf8)
        let (before, after) = (prose(1 << 19, &random, letters: 27), prose(1 << 19, &random, letters: 27))
        let (picture, other) = (attachment(1 << 19, &random), attachment(1 << 19, &random))
        let text = before + quoted + after
        let page = page(around: printed, paragraphs(before), paragraphs(after))
        return [
            (
                "a mail in quoted-printable, the code quoted, between two attachments",
                mail([
                    ("image/jpeg", "base64", picture), ("text/plain", "quoted-printable", quotedPrintable(text)),
                    ("image/jpeg", "base64", other),
                ])
            ),
            (
                "a mail in HTML in quoted-printable, with an attachment",
                mail([("text/html", "quoted-printable", quotedPrintable(page)), ("image/jpeg", "base64", picture)])
            ),
            (
                "a mail in HTML in base64, with an attachment",
                mail([("text/html", "base64", base64(page)), ("image/jpeg", "base64", picture)])
            ),
            (
                "a mail with the code as an attachment between two others",
                mail([
                    ("text/html", "quoted-printable", quotedPrintable(self.page(around: [], paragraphs(before), []))),
                    ("image/jpeg", "base64", picture), ("text/plain", "base64", base64(printed)),
                    ("image/jpeg", "base64", other),
                ])
            ),
        ]
    }

    private static func mail(_ parts: [(type: String, encoding: String, body: [UInt8])]) -> [UInt8] {
        let boundary = "--=_Part_6f3c0b2a91"
        let head =
            "From: source@example.org\r\nTo: target@example.org\r\nSubject: start code\r\nMIME-Version: 1.0\r\n"
            + "Content-Type: multipart/mixed; boundary=\"\(boundary.dropFirst(2))\"\r\n\r\n"
        return parts.reduce(into: Array(head.utf8)) { mail, part in
            mail +=
                "\(boundary)\r\nContent-Type: \(part.type)\r\nContent-Transfer-Encoding: \(part.encoding)\r\n\r\n".utf8
            mail += part.body
            mail += "\r\n".utf8
        } + Array("\(boundary)--\r\n".utf8)
    }

    /// The lines of prose as paragraphs of a page.
    private static func paragraphs(_ prose: [UInt8]) -> [UInt8] {
        prose.split(separator: 0x0A).reduce(into: []) { page, line in
            page += "<p class=\"MsoNormal\"><span style='font-size:11pt'>".utf8
            page += line.last == 0x0D ? line.dropLast() : line
            page += "</span></p>\r\n".utf8
        }
    }

    /// A page with each line of the code in a row of a table.
    private static func page(around printed: [UInt8], _ before: [UInt8], _ after: [UInt8]) -> [UInt8] {
        let rows = printed.split(separator: 0x0A).map { line in
            "<tr><td>\(String(decoding: line, as: UTF8.self).replacing(" ", with: "&nbsp;"))</td></tr>\r\n"
        }
        return Array("<html><head><style>p { margin: 0 }</style></head><body>\r\n".utf8) + before
            + Array("<table>\r\n\(rows.joined())</table>\r\n".utf8) + after + Array("</body></html>\r\n".utf8)
    }

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        Array(Data(bytes).base64EncodedData(options: [.lineLength76Characters]))
    }

    /// As mail programs write it (RFC 2045, 6.7): lines of at most 76 characters.
    private static func quotedPrintable(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var (result, width) = ([UInt8](), 0)
        for byte in bytes {
            if byte == 0x0A || byte == 0x0D {
                result.append(byte)
                width = 0
                continue
            }
            let isPlain = (0x20...0x7E).contains(byte) && byte != 0x3D
            if width + (isPlain ? 1 : 3) > 75 {
                result += [0x3D, 0x0D, 0x0A]
                width = 0
            }
            result += isPlain ? [byte] : [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            width += isPlain ? 1 : 3
        }
        return result
    }
}
