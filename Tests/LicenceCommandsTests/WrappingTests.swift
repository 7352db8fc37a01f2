import Control
import Foundation
import QRPictures
import Testing
import TransferCodes

@testable import LicenceCommands

/// Codes in HTML, in attachments, and in pictures in attachments.
@Suite struct WrappingTests {
    private let sample: SampleTransfer

    init() throws {
        sample = try SampleTransfer()
    }

    private func read(_ bytes: [UInt8]) throws -> ReadCode {
        let found = try CodeWrapping.unwrapped(bytes, expecting: .request, name: "a file")
        let read = try found.reading.result.get()
        #expect(try CodeReader.read(found.text, expecting: .request) == read)
        return read
    }

    // MARK: - HTML

    private static let pages: [(String, @Sendable (TransferCode) -> String)] = [
        ("table", { $0.codeLines.map { "<tr><th>\($0.number)</th>\(cells($0))</tr>" }.joined() }),
        ("table without numbers", { $0.codeLines.map { "<TR >\(cells($0))</TR>" }.joined() }),
        ("paragraphs", { $0.lines.map { "<p class='a'>\($0.replacing(" ", with: "&nbsp;"))</p>" }.joined() }),
        ("line breaks", { $0.lines.map { "\($0.replacing(" ", with: "&#160;"))<BR/>" }.joined() }),
        ("bold", { $0.lines.map { "<li>\(bold($0))</li>" }.joined() }),
        (
            "numbers",
            { $0.lines.map { $0.utf8.map { "&#x\(String($0, radix: 16));" }.joined() }.joined(separator: "<br>") }
        ),
        ("comments", { $0.lines.joined(separator: "<!-- 2 > 7K3MQ 2V9DX 0HJ4T  B8RWN -->\n") }),
        ("lines", { "<pre>\($0.lines.joined(separator: "\n"))</pre>" }),
    ]

    private static func cells(_ line: CodeLine) -> String { line.groups.map { "<td>\($0)</td>" }.joined() }

    private static func bold(_ line: String) -> String {
        line.enumerated().map { $0 % 4 == 3 ? "<b>\($1)</b>" : String($1) }.joined()
    }

    private static func page(_ body: String) -> String {
        """
        <!DOCTYPE html><html><head><style>td { width: 7K3MQ }</style><title>A code</title></head>
        <body>Dear all, here it is &amp; that&rsquo;s all:\(body)<script>if (a<b) { x = "1  7K3MQ" }</script></body></html>
        """
    }

    @Test(arguments: pages.indices)
    func findsTheCodeInAPage(index: Int) throws {
        let page = Self.page(Self.pages[index].1(sample.request.code))
        let wide: [UInt8] = page.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        for bytes in [Array(page.utf8), [0xFF, 0xFE] + wide] {
            let read = try read(bytes)
            #expect(read.code == sample.request.code, "\(Self.pages[index].0)")
            #expect(read.repairs.isEmpty)
        }
    }

    @Test(arguments: [
        ("a <b>c</b> d", "a c d"), ("a<br>b", "a\nb"), ("<td>a</td>", " a "), ("1 < 2 > 0", "1 < 2 > 0"),
        ("<a@example.org>", "<a@example.org>"), ("a&lt;b&x", "a b&x"), ("&#65;&#x42;&#8211;&#xZ;", "AB &#xZ;"),
        ("a<!-- b", "a"), ("a<b c", "a"), ("a<style>b</STYLE>c", "ac"), ("a<", "a<"), ("&", "&"), ("</p>", "\n"),
        ("<script>a<b></script >c", "c"),
    ])
    func takesOffTagsAndEntities(text: String, plain: String) {
        let stripped = MarkupText.stripped(Array(text.utf8)) ?? Array(text.utf8)
        #expect(String(decoding: stripped, as: UTF8.self) == plain)
    }

    @Test func leavesTextWithoutTagsAsItIs() throws {
        let bytes = Array("> \(sample.request.text)".utf8)
        #expect(MarkupText.stripped(bytes) == nil)
        #expect(try CodeWrapping.unwrapped(bytes, expecting: .request, name: "a file").text == bytes)
    }

    // MARK: - Mails

    /// - Parameter boundary: unless given, one that reads as a line of a code.
    private static func mail(
        _ parts: [(type: String, bytes: [UInt8])], encoding: String = "base64",
        boundary: String = "7K3MQ2V9DX0HJ4TB8RWN"
    ) -> [UInt8] {
        let bodies = parts.map { type, bytes in
            let data = Data(bytes).base64EncodedString(options: [.lineLength76Characters, .endLineWithCarriageReturn])
            return "--\(boundary)\r\nContent-Type: \(type)\r\ncontent-transfer-Encoding: \(encoding)\r\n"
                + "Content-Disposition: attachment\r\n\r\n\(data.replacing("\r", with: "\r\n"))\r\n"
        }
        return Array(
            """
            From: source@example.org\r
            Subject: a code\r
            Content-Type: multipart/mixed; boundary=\(boundary)\r
            \r
            See the attachment.\r
            \(bodies.joined())--\(boundary)--\r

            """.utf8)
    }

    @Test(arguments: ["base64", "BASE64 "])
    func findsTheCodeInAnAttachment(encoding: String) throws {
        let file = Array(sample.request.text.utf8)
        let mail = Self.mail([("text/plain", Array("Hello".utf8)), ("text/plain", file)], encoding: encoding)
        #expect(try read(mail).code == sample.request.code)
    }

    /// An encoded picture may have anything among its letters, here nearly a line of another code on a line of its own.
    @Test func takesNothingOfAnAttachmentForALine() throws {
        let other = try RequestCode(
            flags: 0, point: [UInt8](repeating: 7, count: 32), mac: [UInt8](repeating: 0, count: 5))
        var line = Array(try #require(TransferCode.request(other).codeLines.last).compactText)
        line[4] = line[4] == "7" ? "8" : "7"
        let number = sample.request.code.codeLines.count
        let mail = Array(
            """
            From: source@example.org\r
            \r
            \(sample.request.text.replacing("\n", with: "\r\n"))\r
            Content-Transfer-Encoding: base64\r
            \r
            \(number)\(String(line))\r

            """.utf8)
        #expect(throws: CodeError.conflictingLines(line: number)) {
            try CodeReader.read(mail, expecting: .request)
        }
        #expect(try read(mail).code == sample.request.code)
    }

    @Test func findsTheCodeInAMailsPage() throws {
        let page = Self.page(Self.pages[0].1(sample.request.code))
        #expect(try read(Self.mail([("text/html", Array(page.utf8))])).code == sample.request.code)
    }

    @Test func findsTheCodeInThePicturesOfAMail() throws {
        let lines = sample.request.code.codeLines.map(\.compactText)
        let pictures = try [Array(lines[2...]), Array(lines[..<2])].map { try #require(QRPicture(lines: $0)).png }
        let mail = Self.mail(pictures.map { ("image/png", $0) } + [("image/gif", Array("GIF89a".utf8))])
        #expect(try read(mail).code == sample.request.code)
    }

    private static let picture: (type: String, bytes: [UInt8]) = ("image/gif", Array("GIF89a".utf8))

    @Test(arguments: [QRReaderError.notInstalled, .notStarted(13), .tooMuch])
    func saysWhyThePicturesOfAMailWereNotRead(reason: QRReaderError) throws {
        let headers =
            "DKIM-Signature: v=1; a=rsa-sha256; d=example.org;\r\n b=K3yQ7dV0m2JX9hT4bR8wN1cZ5fG6pS+aLk2Q8vYtE7u\r\n"
        let mail = Array(headers.utf8) + Self.mail([Self.picture], boundary: "000000000000a4c7e105f3b2d1aa")
        let error = try #require(
            throws: CommandError.self,
            performing: {
                try CodeWrapping.unwrapped(mail, expecting: .request, name: "a.eml") {
                    _, _ throws(QRReaderError) in throw reason
                }
            })
        #expect(error.name == (reason == .tooMuch ? .pictureRefused : .pictureReaderMissing))
        #expect(error.message.contains("a.eml"))
    }

    @Test(arguments: [QRReaderError.notInstalled, .tooMuch])
    func needsNoPictureWhereTheTextHasTheCode(reason: QRReaderError) throws {
        let broken = sample.request.text.replacing("4  ", with: "4  ?????")
        for text in [sample.request.text, broken] {
            let mail = Array(text.utf8) + Self.mail([Self.picture])
            let unwrapped = try CodeWrapping.unwrapped(mail, expecting: .request, name: "a.eml") {
                _, _ throws(QRReaderError) in throw reason
            }
            #expect(unwrapped.text.starts(with: text.utf8))
        }
    }

    @Test func looksIntoEveryPictureOfAMailWithinOneDeadline() throws {
        let mail = Self.mail(Array(repeating: Self.picture, count: 3))
        var given: [Int] = []
        _ = try CodeWrapping.unwrapped(mail, expecting: .request, name: "a.eml") {
            _, seconds throws(QRReaderError) in
            given.append(seconds)
            throw .nothingFound
        }
        #expect(given.count == 3)
        #expect(given.allSatisfy { $0 < QRReader.deadline })
    }

    /// Also where the header of the last one stands directly behind the one before.
    @Test(arguments: ["--b\nContent-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: base64\n"])
    func looksIntoThirtyTwoPartsOfAMail(header: String) {
        let bodies = (10..<44).map { "\($0)AA" }
        for count in [31, 32, 33, 34] {
            let mail = MailParts(Array(bodies.prefix(count).map { "\(header)\n\($0)\n" }.joined().utf8))
            let read = mail.encoded.compactMap(\.bytes)
            #expect(read == bodies.prefix(min(count, 32)).compactMap { Data(base64Encoded: $0).map { Array($0) } })
            let left = String(decoding: mail.text, as: UTF8.self)
            for (index, body) in bodies.prefix(count).enumerated() { #expect(left.contains(body) == (index >= 32)) }
        }
    }

    @Test func looksIntoAMailThatIsLongerThanAnyText() throws {
        let parts = [
            ("application/zip", [UInt8](repeating: 0x50, count: 4 << 20 | 1)),
            ("text/plain", Array(sample.request.text.utf8)),
        ]
        let mail = Self.mail(parts)
        #expect(mail.count > CodeInput.longest)
        #expect(try read(mail).code == sample.request.code)
        let rest = Self.mail(Array(parts.prefix(1)))
        #expect(throws: CommandError.inputTooLarge("a file", limit: CodeInput.longest)) {
            try CodeWrapping.unwrapped(rest, expecting: .request, name: "a file")
        }
    }

    // MARK: - What is wrong with the code

    private static let wrappings: [(String, @Sendable (_ kind: String, _ lines: [String]) throws -> [UInt8])] = [
        ("a sheet", { kind, lines in Array(try sheet(kind, lines).utf8) }),
        ("a page", { _, lines in Array(page(lines.map { "<p>\($0)</p>" }.joined()).utf8) }),
        ("a text in a mail", { _, lines in mail([("text/plain", Array(lines.joined(separator: "\n").utf8))]) }),
        ("a sheet in a mail", { kind, lines in mail([("text/html", Array(try sheet(kind, lines).utf8))]) }),
        (
            "a picture in a mail",
            { _, lines in
                let compact = lines.map { String($0.filter { $0 != " " }.suffix(20)) }
                return mail([("image/png", try #require(QRPicture(lines: compact)).png)])
            }
        ),
    ]

    /// The page to print, with these lines in place of the sample's.
    private static func sheet(_ kind: String, _ lines: [String]) throws -> String {
        let sample = try SampleTransfer()
        let printed = kind == "activation" ? sample.activation : sample.request
        var html = String(
            decoding: try CodeRendering(sample.step(printed).step).bytes(.sheet, path: "a.html"), as: UTF8.self)
        for line in printed.code.codeLines {
            let text = lines.first { $0.hasPrefix("\(line.number) ") }
            let groups = text?.split(separator: " ").dropFirst().map(String.init) ?? ["", "", "", ""]
            for (printed, group) in zip(line.groups, groups) { html = html.replacing(printed, with: group) }
        }
        return html
    }

    /// Whatever a code is wrapped in, it is said of the code what is wrong with it.
    @Test(arguments: wrappings.indices)
    func saysWhatIsWrongWithACodeThatIsWrapped(index: Int) throws {
        let (name, wrap) = Self.wrappings[index]
        func outcome(_ kind: String, _ lines: [String]) throws -> CodeError? {
            let found = try CodeWrapping.unwrapped(wrap(kind, lines), expecting: .request, name: "a file")
            guard case .failure(let error) = found.reading.result else { return nil }
            return error
        }
        let lines = sample.request.lines
        #expect(try outcome("request", lines) == nil, "\(name)")
        #expect(
            try outcome("activation", sample.activation.lines)
                == .wrongKind(found: .activation, expected: .request), "\(name)")
        #expect(try outcome("request", lines.filter { !$0.hasPrefix("3") }) == .missing(lines: [3]), "\(name)")
        // A picture is right or not there at all.
        guard !name.hasPrefix("a picture") else { return }
        let unreadable = lines.map { $0.hasPrefix("3") ? "3  V7V7V 7V7V7  V7V7V 7V7V7" : $0 }
        #expect(try outcome("request", unreadable) == .unreadable(lines: [3]), "\(name)")
    }

    @Test func prefersWhatNeedsNoRepair() throws {
        let wrong = sample.request.text.replacing("4  ", with: "4  ?")
        let mail = Array(wrong.utf8) + Self.mail([("text/plain", Array(sample.request.text.utf8))])
        #expect(try read(mail).repairs.isEmpty)
    }
}
