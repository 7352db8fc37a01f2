/// What the characters of any text are to a reader of codes: whatever a mail program, an editor or a word processor made
/// of the characters between the code's own is taken back.
///
/// The rules are those of the article "Finding a code in a text", step 1.
package enum PlainText {
    /// What a character that is part of no word is. Any other sign is the character itself as it was typed, in upper
    /// case, which is at least ``firstTyped``; a letter that no code has is ``strangeLetter``.
    enum Sign {
        /// Any space, dash, quotation mark or control character.
        static let separator: UInt8 = 0
        /// The end of a line of text.
        static let lineEnd: UInt8 = 1
        /// The same, and a line feed directly behind it belongs to it.
        static let carriageReturn: UInt8 = 2
        /// A character without width.
        static let nothing: UInt8 = 3
        /// In the table of bytes alone: the first byte of a longer character; ``PlainText/character(_:at:)`` says which.
        static let longer: UInt8 = 4
    }

    /// The lowest sign of a character of a word.
    static let firstTyped: UInt8 = 0x30
    /// Stands for a letter or number outside ASCII, which can't be read as one of a code's characters: a question mark.
    static let strangeLetter: UInt8 = 0x3F

    /// The sign of each byte.
    static let signs: [UInt8] = (0...255 as ClosedRange<UInt8>).map { byte in
        switch byte {
        case 0x30...0x39, 0x3F, 0x41...0x5A: byte
        case 0x61...0x7A: byte & 0xDF
        case 0x0A...0x0C: Sign.lineEnd
        case 0x0D: Sign.carriageReturn
        case 0x80...: Sign.longer
        default: Sign.separator
        }
    }

    // MARK: - Encodings

    /// The text in UTF-8; most texts are, and stay as they are. Never fails: what is not valid in its encoding separates.
    static func utf8(_ bytes: [UInt8]) -> [UInt8] {
        guard let (start, isBigEndian) = utf16(bytes) else { return bytes }
        return utf8(utf16: bytes, from: start, isBigEndian: isBigEndian)
    }

    /// The text in UTF-8 if a byte order mark says that it is in UTF-16; else as it is.
    package static func utf8(ifMarked bytes: [UInt8]) -> [UInt8] {
        guard let isBigEndian = isMarkedBigEndian(bytes) else { return bytes }
        return utf8(utf16: bytes, from: 2, isBigEndian: isBigEndian)
    }

    private static func utf8(utf16 bytes: [UInt8], from start: Int, isBigEndian: Bool) -> [UInt8] {
        let units = stride(from: start, to: bytes.count - 1, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// Whether the byte order mark of UTF-16 is that of the big-endian form; nil without a mark.
    package static func isMarkedBigEndian(_ bytes: [UInt8]) -> Bool? {
        if bytes.starts(with: [0xFF, 0xFE]) { return false }
        return bytes.starts(with: [0xFE, 0xFF]) ? true : nil
    }

    /// How a text is in UTF-16, if it is: by the byte order mark; without one, by its zero bytes. The mark of UTF-8,
    /// behind which it is none, is a character without width like others.
    private static func utf16(_ bytes: [UInt8]) -> (start: Int, isBigEndian: Bool)? {
        if let isBigEndian = isMarkedBigEndian(bytes) { return (2, isBigEndian) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return nil }
        let beginning = bytes.prefix(64)
        let zeros = beginning.indices.filter { beginning[$0] == 0 }
        guard beginning.count >= 8, zeros.count >= beginning.count / 2 - 2, zeros.count > beginning.count / 3 else {
            return nil
        }
        if zeros.allSatisfy({ $0 % 2 == 1 }) { return (0, false) }
        return zeros.allSatisfy { $0 % 2 == 0 } ? (0, true) : nil
    }

    // MARK: - Characters outside ASCII

    /// The sign of the character whose first byte, from 0x80 on, stands at `index`, and how many bytes it has.
    ///
    /// A byte that begins no valid character separates alone: those behind it in what was to be one character begin none
    /// either.
    static func character(_ bytes: borrowing Span<UInt8>, at index: Int) -> (sign: UInt8, length: Int) {
        /// The bits of a byte that goes on with a character; more than 0xFF for any other.
        func rest(_ offset: Int, _ limits: ClosedRange<UInt8> = 0x80...0xBF) -> UInt32 {
            guard index + offset < bytes.count, limits.contains(bytes[index + offset]) else { return 0xFFFF }
            return UInt32(bytes[index + offset] & 0x3F)
        }
        let first = bytes[index]
        switch first {
        case 0xC2...0xDF:
            let second = rest(1)
            if second <= 0xFF { return (shortSigns[Int(UInt32(first & 0x1F) << 6 | second)], 2) }
        case 0xE0...0xEF:
            let second = rest(1, first == 0xE0 ? 0xA0...0xBF : first == 0xED ? 0x80...0x9F : 0x80...0xBF)
            let third = rest(2)
            if second | third <= 0xFF { return (sign(UInt32(first & 0x0F) << 12 | second << 6 | third), 3) }
        case 0xF0...0xF4:
            let second = rest(1, first == 0xF0 ? 0x90...0xBF : first == 0xF4 ? 0x80...0x8F : 0x80...0xBF)
            let (third, fourth) = (rest(2), rest(3))
            if second | third | fourth <= 0xFF {
                return (sign(UInt32(first & 0x07) << 18 | second << 12 | third << 6 | fourth), 4)
            }
        default: break
        }
        return (Sign.separator, 1)
    }

    /// The sign of each character of one or two bytes, of which texts in most of Europe's languages consist.
    private static let shortSigns: [UInt8] = (0..<0x800 as Range<UInt32>).map(sign)

    /// The sign of a scalar.
    private static func sign(_ value: UInt32) -> UInt8 {
        switch value {
        case 0x00...0x7F: return signs[Int(value)]
        case 0x85, 0x2028, 0x2029: return Sign.lineEnd
        case 0x80...0x9F: return Sign.separator
        case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFE00...0xFE0F, 0xFEFF:
            return Sign.nothing
        case 0xFF01...0xFF5E: return signs[Int(value - 0xFEE0)]
        case 0xBF, 0x2047...0x2049: return 0x3F
        default: return Unicode.Scalar(value).map(isLetterOrNumber) ?? false ? strangeLetter : Sign.separator
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
