import Testing

@testable import TransferCodes

/// What mail, editors, paper and people do to a text between printing and loading.
@Suite struct CarrierTests {
    /// Each way of carrying, by name; all have to bring the code through without anything to put right.
    static let carriers: [(name: String, carry: @Sendable (TransferCode) -> [UInt8])] = [
        ("as printed", { Array(PrintedCode($0, transferID: "7K3MQ2", product: "Example Studio 4").text.utf8) }),
        ("lines alone", { Array(SampleCodes.text($0).utf8) }),
        ("compact", { Array($0.compactText.utf8) }),
        ("quoted", { quoted(PrintedCode($0).text, with: "> ") }),
        ("quoted three times", { quoted(PrintedCode($0).text, with: ">>> ") }),
        ("quoted with a bar", { quoted(PrintedCode($0).text, with: " | ") }),
        ("quoted with initials", { quoted(PrintedCode($0).text, with: "AB> ") }),
        ("CR LF", { Array(PrintedCode($0).text.replacing("\n", with: "\r\n").utf8) }),
        ("CR alone", { Array(PrintedCode($0).text.replacing("\n", with: "\r").utf8) }),
        ("UTF-8 with mark", { [0xEF, 0xBB, 0xBF] + Array(PrintedCode($0).text.utf8) }),
        ("UTF-16 little-endian with mark", { [0xFF, 0xFE] + utf16(PrintedCode($0).text, bigEndian: false) }),
        ("UTF-16 big-endian with mark", { [0xFE, 0xFF] + utf16(PrintedCode($0).text, bigEndian: true) }),
        ("UTF-16 little-endian", { utf16(PrintedCode($0).text, bigEndian: false) }),
        ("UTF-16 big-endian", { utf16(PrintedCode($0).text, bigEndian: true) }),
        ("quoted-printable, broken at 20", { quotedPrintable(PrintedCode($0).text, width: 20) }),
        ("quoted-printable, broken at 33", { quotedPrintable(PrintedCode($0).text, width: 33) }),
        (
            "quoted-printable spaces",
            { Array(SampleCodes.text($0).replacing(" ", with: "=20").replacing("\n", with: "=0D=0A").utf8) }
        ),
        ("quoted-printable non-breaking spaces", { Array(SampleCodes.text($0).replacing(" ", with: "=C2=A0").utf8) }),
        ("non-breaking spaces", { Array(PrintedCode($0).text.replacing(" ", with: "\u{A0}").utf8) }),
        ("Latin-1 non-breaking spaces", { PrintedCode($0).text.utf8.map { $0 == 0x20 ? 0xA0 : $0 } }),
        ("thin spaces and dashes", { Array(SampleCodes.text($0).replacing(" ", with: "\u{2009}\u{2013}").utf8) }),
        ("quotation marks", { Array($0.lines.map { "\u{201C}\($0)\u{201D}" }.joined(separator: "\u{2028}").utf8) }),
        ("zero-width spaces", { Array(SampleCodes.text($0).map { "\($0)\u{200B}" }.joined().utf8) }),
        ("full width", { Array(fullWidth(SampleCodes.text($0)).utf8) }),
        ("lower case", { Array(SampleCodes.text($0).lowercased().utf8) }),
        ("O, I and L", { Array(SampleCodes.text($0).replacing("0", with: "O").replacing("1", with: "l").utf8) }),
        ("o and i", { Array(SampleCodes.text($0).replacing("0", with: "o").replacing("1", with: "i").utf8) }),
        ("hyphens", { Array(SampleCodes.text($0).replacing(" ", with: "-").utf8) }),
        ("dots", { Array(SampleCodes.text($0).replacing(" ", with: ".").utf8) }),
        ("no spaces at all", { Array(SampleCodes.text($0).replacing(" ", with: "").utf8) }),
        ("one word", { Array($0.compactText.replacing(" ", with: "").utf8) }),
        ("spaces between all", { Array($0.lines.map { spaced($0) }.joined(separator: "\n").utf8) }),
        ("no numbers", { Array($0.codeLines.map { $0.groups.joined(separator: " ") }.joined(separator: "\n").utf8) }),
        ("numbers with dots", { numbered($0) { "\($0). " } }),
        ("numbers with colons", { numbered($0) { "\($0): " } }),
        ("numbers with brackets", { numbered($0) { "(\($0)) " } }),
        ("numbers with zeros", { numbered($0) { $0 < 10 ? "0\($0)  " : "\($0)  " } }),
        ("numbers with a word", { numbered($0) { "Line \($0): " } }),
        ("pairs of groups", { Array($0.codeLines.map { pairs($0.compactText) }.joined(separator: "\n").utf8) }),
        ("two on one line", { Array($0.lines.joined(separator: "   ").utf8) }),
        ("broken after the second group", { rewrapped($0, every: 15) }),
        ("broken within a group", { rewrapped($0, every: 17) }),
        ("one group on a line", { Array(SampleCodes.text($0).replacing(" ", with: "\n").utf8) }),
        ("empty lines between", { Array($0.lines.joined(separator: "\r\n\r\n\r\n").utf8) }),
        ("last line first", { Array($0.lines.reversed().joined(separator: "\n").utf8) }),
        ("every line twice", { Array($0.lines.flatMap { [$0, $0] }.joined(separator: "\n").utf8) }),
        ("the whole twice", { Array((PrintedCode($0).text + "\n" + PrintedCode($0).text).utf8) }),
        ("text around", { around(PrintedCode($0).text) }),
        (
            "text in front on the same line",
            { Array(("the code you asked for is " + $0.lines.joined(separator: " ")).utf8) }
        ),
        (
            "in a table",
            { Array($0.lines.map { "| \($0.replacing("  ", with: " | ")) |" }.joined(separator: "\n").utf8) }
        ),
        ("spoken", { Array(Spelling.script(for: $0).map(\.text).joined(separator: "\n").utf8) }),
        (
            "spoken in capitals",
            { Array(Spelling.script(for: $0).map { $0.text.uppercased() }.joined(separator: "\n").utf8) }
        ),
        ("spoken, plain words", { Array(plainWords($0).utf8) }),
        ("spoken, one word a line", { Array(plainWords($0).replacing(" ", with: "\n").utf8) }),
    ]

    @Test(arguments: CarrierTests.carriers.map(\.name))
    func bringsEveryKindThroughUnchanged(carrier name: String) throws {
        let carrier = try #require(Self.carriers.first { $0.name == name })
        for seed in 1...6 as ClosedRange<UInt64> {
            for code in try SampleCodes.all(seed: seed) {
                let text = carrier.carry(code)
                let read = try CodeReader.read(text, expecting: code.kind)
                #expect(read.code == code)
                #expect(read.repairs.isEmpty)
                #expect(try CodeReader.read(text).code == code)
            }
        }
    }

    @Test func aMailThreadWithTwoKindsGivesTheOneThatIsExpected() throws {
        let (start, request) = (try SampleCodes.code(.start), try SampleCodes.code(.request))
        let quotedStart = String(decoding: Self.quoted(PrintedCode(start).text, with: "> "), as: UTF8.self)
        let mail = "Here is the answer.\n\n\(PrintedCode(request).text)\nOn Monday you wrote:\n\(quotedStart)"
        #expect(try CodeReader.read(mail, expecting: .request).code == request)
        #expect(try CodeReader.read(mail, expecting: .start).code == start)
        #expect(throws: CodeError.severalCodes([.start, .request])) { try CodeReader.read(mail) }
    }

    // MARK: The carriers

    /// The encoded bytes of a picture have anything among their letters now and then, here nearly a line of another code.
    @Test func whatStandsInAnAttachmentIsNoSecondCopy() throws {
        var line = Array(try SampleCodes.code(.request, seed: 9).codeLines[2].compactText)
        line[4] = line[4] == "7" ? "8" : "7"
        let code = try SampleCodes.code(.request)
        for (text, isCopy) in [("AAA/3/\(String(line))/AAAA", false), ("3  \(String(line))", true)] {
            let mail = Array("\(PrintedCode(code).text)\n\n\(text)\n".utf8)
            #expect((try? CodeReader.read(mail, expecting: .request).code) == (isCopy ? nil : code), "\(text)")
        }
    }

    private static func quoted(_ text: String, with mark: String) -> [UInt8] {
        Array(
            text.split(separator: "\n", omittingEmptySubsequences: false).map { mark + $0 }.joined(separator: "\n").utf8
        )
    }

    private static func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
        text.utf16.flatMap { unit in
            let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
            return bigEndian ? bytes : bytes.reversed()
        }
    }

    private static func quotedPrintable(_ text: String, width: Int) -> [UInt8] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let characters = Array(line)
            return stride(from: 0, to: max(1, characters.count), by: width)
                .map { String(characters[$0..<min($0 + width, characters.count)]) }
                .joined(separator: "=\r\n")
        }.joined(separator: "\r\n").utf8.map { $0 }
    }

    private static func fullWidth(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    (0x21...0x7E).contains(scalar.value) ? Unicode.Scalar(scalar.value + 0xFEE0) ?? scalar : scalar
                }))
    }

    private static func spaced(_ line: String) -> String {
        line.split(separator: " ").enumerated().map { index, part in
            index == 0 ? String(part) + ":" : part.map(String.init).joined(separator: " ")
        }.joined(separator: " ")
    }

    private static func numbered(_ code: TransferCode, _ prefix: (Int) -> String) -> [UInt8] {
        Array(code.codeLines.map { prefix($0.number) + $0.groups.joined(separator: " ") }.joined(separator: "\n").utf8)
    }

    private static func pairs(_ text: String) -> String {
        let characters = Array(text)
        return stride(from: 0, to: characters.count, by: 2)
            .map { String(characters[$0..<min($0 + 2, characters.count)]) }.joined(separator: " ")
    }

    private static func rewrapped(_ code: TransferCode, every width: Int) -> [UInt8] {
        let characters = Array(code.lines.joined(separator: " "))
        return stride(from: 0, to: characters.count, by: width)
            .map { String(characters[$0..<min($0 + width, characters.count)]) }.joined(separator: "\n").utf8.map { $0 }
    }

    private static func around(_ text: String) -> [UInt8] {
        let before = """
            Dear colleague,

            on 12 March 2031 at 14:30 we talked about order 4711-0815, invoice 2031/17 (3 pieces, 1299.00 EUR).
            1. Please load what follows.  2. Tell me by phone, +49 30 901820 or 555 0142, whether it worked.
            See https://www.example.com/help?id=77A21&lang=en#top for what to do.

            """
        let after = """

            Kind regards from all of us here, and do not forget: 3 of 5 days are over!
            --
            A. Sample, Sample Works Ltd, 12 Long Street, AB1 2CD Sampleton, room 00017
            """
        return Array((before + text + after).utf8)
    }

    private static func plainWords(_ code: TransferCode) -> String {
        let other = [
            "tree": "three", "fife": "five", "niner": "nine", "alfa": "alpha", "juliett": "juliet", "xray": "x-ray",
        ]
        return Spelling.script(for: code).map { line in
            "line \(Spelling.number(line.number)) "
                + line.groups.flatMap { $0 }.map { other[$0] ?? $0 }.joined(separator: " ")
        }.joined(separator: "\n")
    }
}
