/// A run of typed characters between two separators.
struct Token {
    /// Where its symbols begin.
    var start: Int
    /// How many symbols it has; 0 for a line number that was announced by a word.
    var count: Int
    /// The line of text it stands on, from 0.
    var textLine: Int
    /// The paragraph it stands in, from 0: lines of text without an empty one between them.
    var block: Int
    /// The number, if the token is a line number announced by a word ("line two"), else 0.
    var announced: UInt8 = 0

    /// Where its symbols end.
    var end: Int { start + count }
}

/// A text as symbols, in tokens.
struct TokenStream {
    /// Stands for a character that is not in the alphabet, or was marked as unreadable.
    static let unreadable: UInt8 = 255

    /// The values of the characters, below 32, or ``unreadable``.
    private(set) var symbols: [UInt8] = []
    /// The characters as they were typed, upper case ASCII.
    private(set) var typed: [UInt8] = []
    /// The tokens, in order; they cover the symbols without gaps.
    private(set) var tokens: [Token] = []
    /// How many characters were spoken as words.
    private(set) var spokenCount = 0

    /// - Parameters:
    ///   - text: ASCII, from ``PlainText``.
    ///   - spoken: whether the words of the spelling alphabet stand for characters.
    init(_ text: [UInt8], spoken: Bool) {
        var words = SpokenWords()
        for word in WordSequence(text: text) {
            let place = (word.textLine, word.block)
            if spoken {
                for item in words.take(text[word.range]) { append(item, text: text, range: word.range, place: place) }
            } else {
                append(.text, text: text, range: word.range, place: place)
            }
        }
    }

    private mutating func append(_ item: SpokenWords.Item, text: [UInt8], range: Range<Int>, place: (Int, Int)) {
        var token = Token(start: symbols.count, count: 0, textLine: place.0, block: place.1)
        switch item {
        case .nothing: return
        case .lineNumber(let number): token.announced = number
        case .character(let byte):
            append(byte)
            spokenCount += 1
        case .text:
            for index in range { append(text[index]) }
        }
        token.count = symbols.count - token.start
        for length in pieces(of: token) {
            token.count = length
            tokens.append(token)
            token.start += length
        }
    }

    private mutating func append(_ byte: UInt8) {
        symbols.append(Alphabet.value(ofASCII: byte) ?? Self.unreadable)
        switch byte {
        case PlainText.unreadableLetter: typed.append(0x3F)
        case 0x61...0x7A: typed.append(byte & 0xDF)
        default: typed.append(byte)
        }
    }

    /// The lengths of the parts in which a token is taken: a code without any space is cut into its lines, as long
    /// as they are found from one of its ends.
    private func pieces(of token: Token) -> [Int] {
        let line = LineCode.printedCount
        guard token.count > line + 2, token.count <= line * CodeKind.maximumLineCount + line else {
            return [token.count]
        }
        if token.count % line == 0 { return [Int](repeating: line, count: token.count / line) }
        var (start, end) = (token.start, token.end)
        while end - start >= line, LineCode.recognise(symbols[start..<start + line]) != nil { start += line }
        while end - start >= line, LineCode.recognise(symbols[end - line..<end]) != nil { end -= line }
        return [Int](repeating: line, count: (start - token.start) / line)
            + (end > start ? [end - start] : [])
            + [Int](repeating: line, count: (token.end - end) / line)
    }
}

/// The words of a text: letters, digits and question marks, with everything else between them.
private struct WordSequence: Sequence, IteratorProtocol {
    struct Word {
        var range: Range<Int>
        var textLine: Int
        var block: Int
    }

    private let text: [UInt8]
    private var index = 0
    private var textLine = 0
    private var block = 0
    private var lineIsEmpty = true

    init(text: [UInt8]) { self.text = text }

    mutating func next() -> Word? {
        while index < text.count {
            if Self.isWord(text[index]) {
                let start = index
                while index < text.count, Self.isWord(text[index]) { index += 1 }
                lineIsEmpty = false
                return Word(range: start..<index, textLine: textLine, block: block)
            }
            if text[index] == 0x0A {
                if lineIsEmpty { block += 1 }
                textLine += 1
                lineIsEmpty = true
            }
            index += 1
        }
        return nil
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x3F, PlainText.unreadableLetter: true
        default: false
        }
    }
}
