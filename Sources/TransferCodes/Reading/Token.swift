/// A run of typed characters between two separators.
struct Token {
    // A text has at most 4 MiB, and a large one hundreds of thousands of tokens.
    private let storedStart: Int32
    private let storedCount: Int32
    private let storedTextLine: Int32
    private let storedBlock: Int32
    /// The number, if the token is a line number announced by a word ("line two"), else 0.
    let announced: UInt8
    private let storedLabel: UInt8
    /// How many tokens of five symbols stand in a row directly before it, modulo 4.
    let fives: UInt8
    private let signs: Signs

    /// What else there is to say of a token.
    struct Signs: OptionSet {
        let rawValue: UInt8

        /// It is the first one on its line of text.
        static let beginsTextLine = Signs(rawValue: 1)
        /// It is part of a longer word that was cut up.
        static let isPart = Signs(rawValue: 2)
    }

    init(
        _ symbols: Range<Int>, textLine: Int, block: Int, announced: UInt8, label: Int, fives: UInt8, signs: Signs
    ) {
        storedStart = Int32(truncatingIfNeeded: symbols.lowerBound)
        storedCount = Int32(truncatingIfNeeded: symbols.count)
        storedTextLine = Int32(truncatingIfNeeded: textLine)
        storedBlock = Int32(truncatingIfNeeded: block)
        self.announced = announced
        storedLabel = UInt8(truncatingIfNeeded: label)
        self.fives = fives
        self.signs = signs
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
    /// The line number that it is, announced or in one or two digits, or 0.
    var label: Int { Int(storedLabel) }
    /// Whether it is the first one on its line of text.
    var beginsTextLine: Bool { signs.contains(.beginsTextLine) }
    /// Whether it is part of a longer word that was cut up.
    var isPart: Bool { signs.contains(.isPart) }
}

/// Tokens, as a text's words are added one by one.
struct TokenList {
    /// The tokens, in order; they cover the symbols without gaps.
    private(set) var tokens: [Token] = []
    /// Where the symbols of each paragraph begin.
    private(set) var blockStarts: [Int32] = []
    private var fives: UInt8 = 0
    private var lastTextLine = -1

    /// - Parameter capacity: about how many tokens there will be.
    init(capacity: Int) {
        tokens.reserveCapacity(capacity)
    }

    /// Adds a word, cut up if it is a code without spaces.
    ///
    /// - Parameters:
    ///   - symbols: all symbols up to the word's end.
    ///   - start: where the word begins among them.
    ///   - textLine: the line of text it stands on.
    ///   - beginsBlock: whether it is the first one of a paragraph.
    ///   - announced: the number, if the word is a line number announced by another word, and has no symbols.
    mutating func append(
        _ symbols: Span<UInt8>, from start: Int, textLine: Int, beginsBlock: Bool, announced: UInt8
    ) {
        if beginsBlock { blockStarts.append(Int32(truncatingIfNeeded: start)) }
        let line = LineCode.printedCount
        guard symbols.count - start > line + 2, symbols.count - start <= line * CodeKind.maximumLineCount + line else {
            return append(symbols, start..<symbols.count, textLine: textLine, announced: announced, signs: [])
        }
        var (front, back) = (start, symbols.count)
        if (back - front) % line == 0 {
            front = back
        } else {
            while back - front >= line, Self.isLine(symbols, at: front) { front += line }
            while back - front >= line, Self.isLine(symbols, at: back - line) { back -= line }
        }
        var next = start
        while next < symbols.count {
            let end = next == front && back > front ? back : next + line
            append(symbols, next..<end, textLine: textLine, announced: 0, signs: .isPart)
            next = end
        }
    }

    private static func isLine(_ symbols: Span<UInt8>, at start: Int) -> Bool {
        LineCode.recognise(symbols.extracting(start..<start + LineCode.printedCount)) != nil
    }

    private mutating func append(
        _ symbols: Span<UInt8>, _ range: Range<Int>, textLine: Int, announced: UInt8, signs: Token.Signs
    ) {
        let number = 1...2 ~= range.count ? Self.number(symbols.extracting(range)) : Int(announced)
        tokens.append(
            Token(
                range, textLine: textLine, block: blockStarts.count - 1, announced: announced, label: number,
                fives: fives, signs: textLine == lastTextLine ? signs : signs.union(.beginsTextLine)))
        fives = range.count == 5 ? (fives + 1) & 3 : 0
        lastTextLine = textLine
    }

    /// One or two symbols read as a line number, 0 if they are none.
    static func number(_ symbols: Span<UInt8>) -> Int {
        var number = 0
        for index in symbols.indices {
            guard symbols[index] < 10 else { return 0 }
            number = number * 10 + Int(symbols[index])
        }
        return number <= CodeKind.maximumLineCount ? number : 0
    }
}
