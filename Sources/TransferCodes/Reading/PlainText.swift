/// Turns the bytes of any text into ASCII: whatever a mail program, an editor or a word processor made of the
/// characters between the code's own is taken back.
///
/// Line ends become LF; any other space, dash, quotation mark, sign or control character becomes one ASCII character
/// that separates; characters without width vanish; a letter or number outside ASCII becomes ``unreadableLetter``.
/// The rules are those of the article "Finding a code in a text", step 1.
enum PlainText {
    /// Stands for a letter that no code has.
    static let unreadableLetter: UInt8 = 0x01

    /// The text as ASCII. Never fails: what is not valid in its encoding separates.
    static func ascii(_ bytes: [UInt8]) -> [UInt8] {
        switch encoding(of: bytes) {
        case .utf8(let skip): return ascii(utf8: bytes, from: skip)
        case .utf16(let skip, let bigEndian):
            let units = stride(from: skip, to: bytes.count - 1, by: 2).map { index in
                let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
                return bigEndian ? first << 8 | second : second << 8 | first
            }
            return ascii(scalars: String(decoding: units, as: UTF16.self).unicodeScalars)
        }
    }

    /// ASCII byte by byte, since most of a large text is; what stands between two ASCII bytes is decoded as a string.
    private static func ascii(utf8 bytes: [UInt8], from start: Int) -> [UInt8] {
        var result: [UInt8] = []
        // No character becomes more bytes than it had.
        result.reserveCapacity(bytes.count)
        var index = start
        while index < bytes.count {
            let first = index
            while index < bytes.count, (0x20...0x7E).contains(bytes[index]) { index &+= 1 }
            result += bytes[first..<index]
            guard index < bytes.count else { break }
            let byte = bytes[index]
            index &+= 1
            switch byte {
            case 0x80...:
                let first = index &- 1
                while index < bytes.count, bytes[index] >= 0x80 { index &+= 1 }
                result += ascii(scalars: String(decoding: bytes[first..<index], as: UTF8.self).unicodeScalars)
            case 0x0D:
                // CR LF is one line end.
                result.append(0x0A)
                if index < bytes.count, bytes[index] == 0x0A { index &+= 1 }
            case 0x0A...0x0D: result.append(0x0A)
            default: result.append(0x20)
            }
        }
        return result
    }

    private enum Encoding {
        case utf8(skip: Int)
        case utf16(skip: Int, bigEndian: Bool)
    }

    /// By the byte order mark; without one, UTF-16 is known by its zero bytes.
    private static func encoding(of bytes: [UInt8]) -> Encoding {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return .utf8(skip: 3) }
        if bytes.starts(with: [0xFF, 0xFE]) { return .utf16(skip: 2, bigEndian: false) }
        if bytes.starts(with: [0xFE, 0xFF]) { return .utf16(skip: 2, bigEndian: true) }
        let start = bytes.prefix(64)
        if start.count >= 8 {
            let zeros = start.indices.filter { start[$0] == 0 }
            if zeros.count >= start.count / 2 - 2, zeros.count > start.count / 3 {
                if zeros.allSatisfy({ $0 % 2 == 1 }) { return .utf16(skip: 0, bigEndian: false) }
                if zeros.allSatisfy({ $0 % 2 == 0 }) { return .utf16(skip: 0, bigEndian: true) }
            }
        }
        return .utf8(skip: 0)
    }

    private static func ascii(scalars: String.UnicodeScalarView) -> [UInt8] {
        var result: [UInt8] = []
        var afterReturn = false
        for scalar in scalars {
            // CR LF is one line end.
            if scalar == "\n", afterReturn {
                afterReturn = false
                continue
            }
            afterReturn = scalar == "\r"
            if let byte = ascii(scalar) { result.append(byte) }
        }
        return result
    }

    /// The ASCII character for a scalar, `nil` for one without width.
    private static func ascii(_ scalar: Unicode.Scalar) -> UInt8? {
        switch scalar.value {
        case 0x0A...0x0D, 0x85, 0x2028, 0x2029: return 0x0A
        case 0x20...0x7E: return UInt8(truncatingIfNeeded: scalar.value)
        case 0x00...0x9F: return 0x20
        case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFE00...0xFE0F, 0xFEFF:
            return nil
        case 0xFF01...0xFF5E: return UInt8(truncatingIfNeeded: scalar.value - 0xFEE0)
        case 0xBF, 0x2047...0x2049: return 0x3F
        default: return isLetterOrNumber(scalar) ? unreadableLetter : 0x20
        }
    }

    /// Whether the scalar's general category is one of the letters' or of the numbers'.
    private static func isLetterOrNumber(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            true
        default: false
        }
    }
}
