import TransferCodes

/// The text of a page or a mail in HTML, without its tags.
///
/// A tag that begins or ends a line becomes a line end, one around a cell becomes a space, any other vanishes: a code
/// stays in one piece though some of it is bold. Comments, styles and scripts vanish with what is in them.
enum MarkupText {
    /// The text without tags and entities; nil where there are none.
    ///
    /// - Parameter bytes: ASCII, UTF-8 or any of the encodings that agree with ASCII, or UTF-16 with its mark.
    static func stripped(_ bytes: [UInt8]) -> [UInt8]? {
        let text = PlainText.utf8(ifMarked: bytes)
        let span = text.span
        var result: [UInt8] = []
        // What lies between two tags is taken at once.
        var (taken, index, changed) = (0, 0, false)
        while true {
            while index < span.count, span[index] != UInt8(ascii: "<"), span[index] != UInt8(ascii: "&") { index &+= 1 }
            guard index < span.count else { break }
            guard let found = span[index] == UInt8(ascii: "<") ? tag(in: span, at: index) : entity(in: span, at: index)
            else {
                index += 1
                continue
            }
            if !changed { result.reserveCapacity(span.count) }
            changed = true
            result += text[taken..<index]
            if let byte = found.byte { result.append(byte) }
            index = found.end
            taken = index
        }
        return changed ? result + text[taken...] : nil
    }

    /// What a tag or an entity stands for, if for anything, and where the text goes on.
    private typealias Found = (byte: UInt8?, end: Int)

    // MARK: - Tags

    /// What matters of an element.
    private enum Element {
        /// Its tags begin or end a line.
        case line
        /// It is a cell of a row.
        case cell
        /// What is in it is no text, and ends with this.
        case hidden(end: [UInt8])
    }

    /// The elements that matter, by their ``name(_:)``.
    private static let elements: [UInt128: Element] = {
        let ofLines = [
            "address", "article", "blockquote", "body", "br", "div", "dd", "dl", "dt", "figure", "footer", "h1", "h2",
            "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "li", "main", "ol", "p", "pre", "section", "table",
            "tbody", "thead", "title", "tr", "ul",
        ]
        var elements: [UInt128: Element] = [:]
        for element in ofLines { elements[name(Array(element.utf8).span)] = .line }
        for element in ["td", "th"] { elements[name(Array(element.utf8).span)] = .cell }
        for element in ["script", "style"] {
            elements[name(Array(element.utf8).span)] = .hidden(end: Array("</\(element)".utf8))
        }
        return elements
    }()

    /// No name of an element is longer.
    private static let longestName = 12

    /// The name of an element, in either case, as a number.
    private static func name(_ letters: Span<UInt8>) -> UInt128 {
        var name: UInt128 = 0
        for index in letters.indices {
            let letter = letters[index]
            name = name << 8 | UInt128(isLetter(letter) ? letter | 0x20 : letter)
        }
        return name
    }

    /// What the tag at `start` stands for; nil where it is none. What has no end goes to the end of the text, so that each
    /// byte is looked at once.
    private static func tag(in text: Span<UInt8>, at start: Int) -> Found? {
        if has(comment, in: text, at: start) {
            return (nil, end(of: commentEnd, in: text, from: start + comment.count))
        }
        var index = start + 1
        let isEnd = index < text.count && text[index] == UInt8(ascii: "/")
        if isEnd { index += 1 }
        guard index < text.count else { return nil }
        if text[index] == UInt8(ascii: "!") { return (nil, end(of: bracket, in: text, from: index)) }
        guard isLetter(text[index]) else { return nil }
        var nameEnd = index
        while nameEnd < text.count, nameEnd - index < longestName, isLetter(text[nameEnd]) || isDigit(text[nameEnd]) {
            nameEnd += 1
        }
        // An address in angle brackets is no tag.
        guard nameEnd == text.count || ends(text[nameEnd]) else { return nil }
        let tagEnd = end(of: bracket, in: text, from: nameEnd)
        switch elements[name(text.extracting(index..<nameEnd))] {
        case .line: return (0x0A, tagEnd)
        case .cell: return (0x20, tagEnd)
        case .hidden(let mark) where !isEnd:
            return (nil, end(of: bracket, in: text, from: end(of: mark, in: text, from: tagEnd)))
        case .hidden, nil: return (nil, tagEnd)
        }
    }

    private static let comment = Array("<!--".utf8)
    private static let commentEnd = Array("-->".utf8)
    private static let bracket = Array(">".utf8)

    /// Behind the next one of these marks.
    private static func end(of mark: [UInt8], in text: Span<UInt8>, from start: Int) -> Int {
        // Every mark begins with a sign, which is looked for first.
        let first = mark[0]
        var index = start
        while index < text.count {
            if text[index] == first, has(mark, in: text, at: index) { return index + mark.count }
            index &+= 1
        }
        return text.count
    }

    /// Whether a mark, in lower case, stands there in either case.
    private static func has(_ mark: [UInt8], in text: Span<UInt8>, at start: Int) -> Bool {
        guard text.count - start >= mark.count else { return false }
        for (offset, byte) in mark.enumerated() {
            let other = text[start + offset]
            guard other == byte || isLetter(byte) && other | 0x20 == byte else { return false }
        }
        return true
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
    private static func entity(in text: Span<UInt8>, at start: Int) -> Found? {
        var semicolon = start + 1
        while semicolon < text.count, semicolon < start + longestEntity, text[semicolon] != UInt8(ascii: ";") {
            semicolon += 1
        }
        guard semicolon < text.count, semicolon < start + longestEntity, semicolon > start + 1 else { return nil }
        let name = text.extracting(start + 1..<semicolon)
        guard name[0] == UInt8(ascii: "#") else {
            for index in name.indices where !isLetter(name[index]) && !isDigit(name[index]) { return nil }
            return (0x20, semicolon + 1)
        }
        let digits = String(decoding: name.indices.dropFirst().map { name[$0] }, as: UTF8.self)
        let isHexadecimal = digits.first == "x" || digits.first == "X"
        guard let value = UInt32(isHexadecimal ? digits.dropFirst() : digits[...], radix: isHexadecimal ? 16 : 10)
        else { return nil }
        return (UInt8(exactly: value).flatMap { (0x20...0x7E).contains($0) ? $0 : nil } ?? 0x20, semicolon + 1)
    }
}
