/// A run of typed characters between two separators.
struct Token {
    // A text has at most 4 MiB, and a large one hundreds of thousands of tokens.
    private let storedStart: Int32
    private let storedCount: Int32
    private let storedTextLine: Int32
    private let storedBlock: Int32
    /// The number, if the token is a line number announced by a word ("line two"), else 0.
    let announced: UInt8

    init(start: Int, count: Int, textLine: Int, block: Int, announced: UInt8 = 0) {
        storedStart = Int32(truncatingIfNeeded: start)
        storedCount = Int32(truncatingIfNeeded: count)
        storedTextLine = Int32(truncatingIfNeeded: textLine)
        storedBlock = Int32(truncatingIfNeeded: block)
        self.announced = announced
    }

    /// Where its symbols begin.
    var start: Int { Int(storedStart) }
    /// How many symbols it has; 0 for a line number that was announced by a word.
    var count: Int { Int(storedCount) }
    /// The line of text it stands on, from 0.
    var textLine: Int { Int(storedTextLine) }
    /// The paragraph it stands in, from 0 without gaps: lines of text without an empty one between them.
    var block: Int { Int(storedBlock) }
    /// Where its symbols end.
    var end: Int { start &+ count }
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
    ///   - text: ASCII, from ``PlainText``, at most ``CodeReader/maximumLength``.
    ///   - spoken: whether the words of the spelling alphabet stand for characters.
    init(_ text: [UInt8], spoken: Bool) {
        symbols = [UInt8](repeating: 0, count: text.count)
        typed = symbols
        tokens.reserveCapacity(text.count / 6)
        let isWord = Self.isWord
        let tables = (symbols: Self.symbolOfByte, typed: Self.typedOfByte)
        var filled = 0
        var words = SpokenWords()
        var index = 0
        var (textLine, block) = (0, -1)
        var (isLineEmpty, isNewBlock) = (true, true)
        while index < text.count {
            guard isWord[Int(text[index])] else {
                if text[index] == 0x0A {
                    if isLineEmpty { isNewBlock = true }
                    textLine &+= 1
                    isLineEmpty = true
                }
                index &+= 1
                continue
            }
            let first = index
            while index < text.count, isWord[Int(text[index])] { index &+= 1 }
            isLineEmpty = false

            let start = filled
            var announced: UInt8 = 0
            switch spoken ? words.take(text[first..<index]) : .text {
            case .nothing: continue
            case .lineNumber(let number): announced = number
            case .character(let byte):
                symbols[filled] = tables.symbols[Int(byte)]
                typed[filled] = tables.typed[Int(byte)]
                filled &+= 1
                spokenCount &+= 1
            case .text:
                Self.copy(text, first..<index, to: &symbols, at: filled, tables.symbols)
                Self.copy(text, first..<index, to: &typed, at: filled, tables.typed)
                filled &+= index &- first
            }
            if isNewBlock { block &+= 1 }
            isNewBlock = false
            append(
                Token(
                    start: start, count: filled &- start, textLine: textLine, block: block, announced: announced))
        }
        symbols.removeLast(symbols.count - filled)
        typed.removeLast(typed.count - filled)
    }

    /// Whether a byte is part of a word.
    private static let isWord: [Bool] = (0...255 as ClosedRange<UInt8>).map { byte in
        switch byte {
        case 0x30...0x39, 0x3F, 0x41...0x5A, 0x61...0x7A, PlainText.unreadableLetter: true
        default: false
        }
    }

    /// The symbol of each byte.
    private static let symbolOfByte: [UInt8] = (0...255 as ClosedRange<UInt8>).map { byte in
        Alphabet.value(ofASCII: byte) ?? unreadable
    }

    /// How each byte is shown as what was typed.
    private static let typedOfByte: [UInt8] = (0...255 as ClosedRange<UInt8>).map { byte in
        switch byte {
        case PlainText.unreadableLetter: 0x3F
        case 0x61...0x7A: byte & 0xDF
        default: byte
        }
    }

    /// Writes what a table has for each of the bytes.
    private static func copy(
        _ text: [UInt8], _ range: Range<Int>, to result: inout [UInt8], at start: Int, _ table: [UInt8]
    ) {
        var place = start
        var result = result.mutableSpan
        for index in range {
            result[place] = table[Int(text[index])]
            place &+= 1
        }
    }

    private mutating func append(_ token: Token) {
        let line = LineCode.printedCount
        guard token.count > line + 2, token.count <= line * CodeKind.maximumLineCount + line else {
            tokens.append(token)
            return
        }
        var start = token.start
        for length in pieces(of: token) {
            tokens.append(Token(start: start, count: length, textLine: token.textLine, block: token.block))
            start += length
        }
    }

    /// The lengths of the parts in which a long token is taken: a code without any space is cut into its lines, as
    /// long as they are found from one of its ends.
    private func pieces(of token: Token) -> [Int] {
        let line = LineCode.printedCount
        if token.count % line == 0 { return [Int](repeating: line, count: token.count / line) }
        var (start, end) = (token.start, token.end)
        while end - start >= line, LineCode.recognise(symbols[start..<start + line]) != nil { start += line }
        while end - start >= line, LineCode.recognise(symbols[end - line..<end]) != nil { end -= line }
        return [Int](repeating: line, count: (start - token.start) / line)
            + (end > start ? [end - start] : [])
            + [Int](repeating: line, count: (token.end - end) / line)
    }
}
