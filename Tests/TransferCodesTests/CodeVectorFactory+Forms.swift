@testable import TransferCodes

/// Forms of the same code.
extension CodeVectorFactory {
    static func forms() throws -> [CodeVector] {
        let code = try SampleCodes.code(.request)
        let printed = PrintedCode(code, transferID: "7K3MQ2", product: "Example Studio 4").text
        let quoted = printed.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }
        let plain = SampleCodes.text(code)
        let joined = Array(code.lines.joined(separator: " "))
        let rewrapped = stride(from: 0, to: joined.count, by: 17).map {
            String(joined[$0..<min($0 + 17, joined.count)])
        }
        let softBreaks = rewrapped.joined(separator: "=\r\n").replacing(" ", with: "=20")
        let around = "On 12 March 2031 at 14:30 you asked for order 4711-0815.\n\n\(plain)\nKind regards, room 00017\n"
        let forms: [(String, String, [UInt8])] = [
            ("aut", "an .aut file", Array(printed.utf8)),
            ("quoted", "a quoted mail", lines(quoted)),
            ("crlf", "lines that end with CR LF", Array(printed.replacing("\n", with: "\r\n").utf8)),
            ("utf8-mark", "UTF-8 with a byte order mark", [0xEF, 0xBB, 0xBF] + Array(plain.utf8)),
            (
                "utf16le", "UTF-16, little-endian",
                [0xFF, 0xFE] + plain.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
            ),
            (
                "utf16be", "UTF-16, big-endian",
                [0xFE, 0xFF] + plain.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
            ),
            ("quoted-printable", "quoted-printable with soft line breaks", Array((softBreaks + "\r\n").utf8)),
            ("no-break-spaces", "non-breaking spaces", Array(plain.replacing(" ", with: "\u{A0}").utf8)),
            ("rewrapped", "lines broken anew", lines(rewrapped)),
            ("one-line", "all lines on one", lines([code.lines.joined(separator: "  ")])),
            ("compact", "without numbers and groups", lines([code.compactText])),
            ("hyphens", "hyphens", Array(plain.replacing(" ", with: "-").utf8)),
            (
                "confused", "lower case, O, I and L",
                Array(plain.lowercased().replacing("0", with: "o").replacing("1", with: "l").utf8)
            ),
            ("reversed", "the last line first", lines(code.lines.reversed())),
            ("doubled", "every line twice", lines(code.lines + code.lines)),
            ("text-around", "text before and after", Array(around.utf8)),
            ("spoken", "read aloud", lines(Spelling.script(for: code).map(\.text))),
        ]
        return forms.map { success("form-\($0.0)", "a request code: \($0.1)", code, $0.2) }
    }
}
