/// The text of a page or a mail in HTML, without its tags.
///
/// A tag that begins or ends a line becomes a line end, one around a cell becomes a space, any other vanishes: a code
/// stays in one piece though some of it is bold. Comments, styles and scripts vanish with what is in them.
enum MarkupText {
    /// The text without tags and entities; nil where there are none.
    ///
    /// - Parameter bytes: ASCII, UTF-8 or any of the encodings that agree with ASCII, or UTF-16 with its mark. What is in
    ///   the quoted-printable encoding of mails stays so.
    static func stripped(_ bytes: [UInt8]) -> [UInt8]? {
        let text = asciiCompatible(bytes)
        var result: [UInt8] = []
        var index = 0
        var changed = false
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "<"):
                if let tag = tag(in: text, at: index) {
                    result += tag.standsFor
                    index = tag.end
                    changed = true
                    continue
                }
            case UInt8(ascii: "&"):
                if let entity = entity(in: text, at: index) {
                    result.append(entity.byte)
                    index = entity.end
                    changed = true
                    continue
                }
            default: break
            }
            result.append(text[index])
            index += 1
        }
        return changed ? result : nil
    }

    private static func asciiCompatible(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) else { return bytes }
        let isBigEndian = bytes[0] == 0xFE
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    // MARK: - Tags

    private static let ofLines: Set<String> = [
        "address", "article", "blockquote", "body", "br", "div", "dd", "dl", "dt", "figure", "footer", "h1", "h2",
        "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "table",
        "tbody", "thead", "title", "tr", "ul",
    ]
    private static let ofCells: Set<String> = ["td", "th"]
    private static let withoutText: Set<String> = ["script", "style"]

    /// No name of an element is longer.
    private static let longestName = 12

    /// What the tag at `start` stands for, and where the text goes on; nil where it is none. What has no end goes to
    /// the end of the text, so that each byte is looked at once.
    private static func tag(in text: [UInt8], at start: Int) -> (standsFor: [UInt8], end: Int)? {
        if text[start...].starts(with: "<!--".utf8) { return ([], end(of: "-->", in: text, from: start + 4)) }
        var index = start + 1
        if index < text.count, text[index] == UInt8(ascii: "/") { index += 1 }
        guard index < text.count, isLetter(text[index]) || text[index] == UInt8(ascii: "!") else { return nil }
        let letters = text[index...].prefix(longestName).prefix { isLetter($0) || isDigit($0) }
        let name = String(decoding: letters.map { isLetter($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
        // An address in angle brackets is no tag.
        guard index + letters.count >= text.count || ends(text[index + letters.count]) else { return nil }
        let tagEnd = end(of: ">", in: text, from: index)
        if withoutText.contains(name), index == start + 1 {
            return ([], end(of: ">", in: text, from: end(of: "</\(name)", in: text, from: tagEnd)))
        }
        if ofLines.contains(name) { return ([0x0A], tagEnd) }
        return (ofCells.contains(name) ? [0x20] : [], tagEnd)
    }

    private static func end(of mark: String, in text: [UInt8], from start: Int) -> Int {
        let mark = Array(mark.utf8)
        var index = start
        while index < text.count {
            // Every mark begins with a sign, which is looked for first.
            let place = text[index] == mark.first ? text[index...].prefix(mark.count) : []
            if place.elementsEqual(mark, by: { $0 == $1 || isLetter($0) && $0 | 0x20 == $1 }) {
                return index + mark.count
            }
            index += 1
        }
        return text.count
    }

    private static func ends(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/")
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    // MARK: - Entities

    /// No entity is longer, with its ampersand and its semicolon.
    private static let longestEntity = 12

    /// What the entity at `start` stands for, a space for all that is no printable ASCII; nil where it is none.
    private static func entity(in text: [UInt8], at start: Int) -> (byte: UInt8, end: Int)? {
        guard let semicolon = text[start...].prefix(longestEntity).firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = text[(start + 1)..<semicolon]
        guard let first = name.first else { return nil }
        if first == UInt8(ascii: "#") {
            let digits = String(decoding: name.dropFirst(), as: UTF8.self)
            let isHexadecimal = digits.first == "x" || digits.first == "X"
            guard let value = UInt32(isHexadecimal ? digits.dropFirst() : digits[...], radix: isHexadecimal ? 16 : 10)
            else { return nil }
            return (UInt8(exactly: value).flatMap { (0x20...0x7E).contains($0) ? $0 : nil } ?? 0x20, semicolon + 1)
        }
        guard name.allSatisfy({ isLetter($0) || isDigit($0) }) else { return nil }
        return (0x20, semicolon + 1)
    }
}
