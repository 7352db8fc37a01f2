import Foundation
import TransferCodes

/// A mail as its mail program saved it, taken apart as far as a code may be in it (RFC 2045, 6).
///
/// Parts in the base64 encoding, which most attachments and many texts are, are held apart: encoded pictures are hundreds of
/// thousands of letters and digits, among which twenty now and then look like a line of a code. Everything else stays where
/// it is.
struct MailParts {
    /// The mail without the parts in base64; the mail itself where it has none, as no other file has.
    let text: [UInt8]
    /// The parts in base64, in their order.
    let encoded: [EncodedPart]
    /// Whether a part says that it is HTML.
    let hasPage: Bool
    /// Whether one says that it is in the quoted-printable encoding.
    let isQuotedPrintable: Bool

    /// Takes a file apart.
    init(_ bytes: [UInt8]) {
        var scan = MailScan()
        let span = bytes.span
        var start = 0
        while start < span.count {
            var end = start
            while end < span.count, span[end] != 0x0A { end &+= 1 }
            let hasReturn = end > start && span[end - 1] == 0x0D
            let line = span.extracting(start..<(hasReturn ? end - 1 : end))
            scan.take(line, at: start)
            start = end + 1
        }
        scan.end(at: bytes.count)
        encoded = scan.bodies.map { EncodedPart(Array(bytes[$0])) }
        hasPage = scan.hasPage
        isQuotedPrintable = scan.isQuotedPrintable
        guard !scan.bodies.isEmpty else {
            text = bytes
            return
        }
        var text: [UInt8] = []
        var next = 0
        for body in scan.bodies {
            text += bytes[next..<body.lowerBound]
            next = body.upperBound
        }
        self.text = text + bytes[next...]
    }

    /// The text as it can be searched for tags: out of its encoding, which breaks them in two.
    var unquoted: [UInt8] { isQuotedPrintable ? QuotedPrintable.decode(text) ?? text : text }
}

/// A part of a mail in base64.
struct EncodedPart {
    private let encoded: [UInt8]

    init(_ encoded: [UInt8]) {
        self.encoded = encoded
    }

    /// How much of a part is looked at to know what it is, in base64: 4,096 bytes and 64 lines.
    private static let sample = 4096 / 3 * 4 + 128

    /// The bytes; nil if they can't be decoded.
    var bytes: [UInt8]? { Data(base64Encoded: Data(encoded), options: .ignoreUnknownCharacters).map { Array($0) } }

    /// Its first bytes.
    var beginning: [UInt8] {
        let sample = encoded.prefix(Self.sample).filter { $0 > 0x20 }
        return Data(base64Encoded: Data(sample.prefix(sample.count / 4 * 4))).map { Array($0) } ?? []
    }

    /// Whether it may be a text: it hardly has control characters, as pictures and archives do.
    var mayBeText: Bool {
        let beginning = beginning
        // In UTF-16 any byte may be half a character.
        if PlainText.isMarkedBigEndian(beginning) != nil { return true }
        let controls = beginning.count { 1...8 ~= $0 || 0x0E...0x1A ~= $0 || 0x1C...0x1F ~= $0 }
        return controls * 64 <= beginning.count
    }
}

/// Goes through a mail line by line and finds the bodies of the parts in base64.
private struct MailScan {
    /// Where the bodies are.
    private(set) var bodies: [Range<Int>] = []
    private(set) var hasPage = false
    private(set) var isQuotedPrintable = false
    private var state = State.elsewhere
    private var body: Int?

    /// The most parts that are looked at; what stands in any more stays in the text.
    private static let most = 32

    private enum State {
        /// Where no part in base64 is.
        case elsewhere
        /// In the headers of one, behind the one that says so.
        case headers
        /// In its body.
        case body
    }

    /// Takes the next line, without its end.
    mutating func take(_ line: Span<UInt8>, at start: Int) {
        switch state {
        case .elsewhere: break
        case .headers:
            if line.isEmpty { state = .body }
            header(line)
            return
        case .body:
            if Self.isEncoded(line) {
                body = body ?? start
                return
            }
            end(at: start)
            state = .elsewhere
        }
        header(line)
    }

    /// Ends the body that is being read, if there is one.
    mutating func end(at place: Int) {
        if let body { bodies.append(body..<place) }
        body = nil
    }

    /// What a line says of a part, if it is one of a mail's headers.
    private mutating func header(_ line: Span<UInt8>) {
        // Both that matter begin with "content-t"; a longer one has other things to say than these.
        guard 18..<80 ~= line.count, line[0] | 0x20 == 0x63, line[7] == 0x2D else { return }
        let words = String(decoding: line.indices.map { line[$0] }, as: UTF8.self).lowercased()
            .split(separator: ":", maxSplits: 1)
        guard words.count == 2 else { return }
        switch (words[0], words[1].drop { $0 == " " || $0 == "\t" }) {
        case ("content-transfer-encoding", let encoding):
            if bodies.count < Self.most, encoding.hasPrefix("base64") { state = .headers }
            if encoding.hasPrefix("quoted-printable") { isQuotedPrintable = true }
        case ("content-type", let type):
            if type.hasPrefix("text/html") { hasPage = true }
        default: break
        }
    }

    private static func isEncoded(_ line: Span<UInt8>) -> Bool {
        for index in line.indices where !isOfBase64[Int(line[index])] { return false }
        return !line.isEmpty
    }

    private static let isOfBase64: [Bool] = (0...255 as ClosedRange<UInt8>).map { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): true
        default: false
        }
    }
}
