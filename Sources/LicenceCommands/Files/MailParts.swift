import Foundation

/// The parts of a mail that are in the base64 encoding (RFC 2045, 6.8): most attachments, and many texts.
enum MailParts {
    /// The most parts that are looked at.
    private static let most = 32

    /// The decoded parts, in their order; none where the bytes are no mail.
    static func decoded(_ bytes: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var state = State.elsewhere
        var encoded: [UInt8] = []
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            switch state {
            case .elsewhere:
                if announces(line) { state = .headers }
            case .headers:
                if line.isEmpty { state = .body }
            case .body:
                if isEncoded(line) {
                    encoded += line
                    continue
                }
                parts += part(encoded)
                encoded = []
                state = announces(line) ? .headers : .elsewhere
                guard parts.count < most else { return parts }
            }
        }
        return parts + part(encoded)
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
        guard !encoded.isEmpty, let data = Data(base64Encoded: Data(encoded)) else { return [] }
        return [Array(data)]
    }
}
