import Foundation

/// The parts of a mail that are in the base64 encoding (RFC 2045, 6.8): most attachments, and many texts.
enum MailParts {
    /// The most parts that are looked at.
    private static let most = 32

    /// The decoded parts, in their order; none where the bytes are no mail.
    static func decoded(_ bytes: [UInt8]) -> [[UInt8]] {
        apart(bytes).encoded.flatMap(part)
    }

    /// The mail without these parts; nil where it has none.
    ///
    /// Encoded pictures are hundreds of thousands of letters and digits, among which twenty now and then look like a line
    /// of a code.
    static func withoutEncoded(_ bytes: [UInt8]) -> [UInt8]? {
        let (text, encoded) = apart(bytes)
        return encoded.isEmpty ? nil : text
    }

    /// What stands in a mail as it is, and the bodies of its encoded parts, as far as they are looked at.
    private static func apart(_ bytes: [UInt8]) -> (text: [UInt8], encoded: [[UInt8]]) {
        var (text, encoded): ([UInt8], [[UInt8]]) = ([], [])
        var (state, body) = (State.elsewhere, [UInt8]())
        for whole in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = whole.last == UInt8(ascii: "\r") ? whole.dropLast() : whole
            switch state {
            case .elsewhere:
                if encoded.count < most, announces(line) { state = .headers }
            case .headers:
                if line.isEmpty { state = .body }
            case .body:
                if isEncoded(line) {
                    body += line
                    continue
                }
                if !body.isEmpty { encoded.append(body) }
                body = []
                state = encoded.count < most && announces(line) ? .headers : .elsewhere
            }
            text += whole
            text.append(UInt8(ascii: "\n"))
        }
        if !body.isEmpty { encoded.append(body) }
        return (text, encoded)
    }

    private enum State {
        /// Where no part in this encoding is.
        case elsewhere
        /// In the headers of one, behind the one that says so.
        case headers
        /// In its body.
        case body
    }

    private static func announces(_ line: ArraySlice<UInt8>) -> Bool {
        // The longest such line has a few spaces; a longer one is none of a mail's headers.
        guard line.count < 80, line.first.map({ $0 | 0x20 == UInt8(ascii: "c") }) ?? false else { return false }
        let words = String(decoding: line, as: UTF8.self).lowercased().split(separator: ":", maxSplits: 1)
        return words.count == 2 && words[0] == "content-transfer-encoding"
            && Question.trimmed(words[1]).hasPrefix("base64")
    }

    private static func isEncoded(_ line: ArraySlice<UInt8>) -> Bool {
        !line.isEmpty
            && line.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                    true
                default: false
                }
            }
    }

    /// The part, if it can be decoded.
    private static func part(_ encoded: [UInt8]) -> [[UInt8]] {
        Data(base64Encoded: Data(encoded)).map { [Array($0)] } ?? []
    }
}
