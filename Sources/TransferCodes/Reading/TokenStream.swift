/// A text as symbols, in tokens.
///
/// Large texts have to be gone through quickly: each byte is looked at once, in one loop over contiguous storage, and no
/// word is copied anywhere but to where it stays.
struct TokenStream {
    /// Stands for a character that is not in the alphabet, or was marked as unreadable.
    static let unreadable: UInt8 = 255

    /// The values of the characters, below 32, or ``unreadable``.
    let symbols: [UInt8]
    /// The characters as they were typed, upper case ASCII.
    let typed: [UInt8]
    /// The tokens, in order; they cover the symbols without gaps.
    let tokens: [Token]
    private let blockStarts: [Int32]

    /// - Parameters:
    ///   - text: UTF-8, from ``PlainText/utf8(_:)``, at most ``CodeReader/maximumLength``.
    ///   - spoken: whether the words of the spelling alphabet stand for characters.
    init(_ text: [UInt8], spoken: Bool) {
        // No character becomes more bytes than it had.
        var symbols = [UInt8](repeating: 0, count: text.count)
        var typed = symbols
        var list = TokenList(capacity: text.count / 6)
        let count = Self.fill(&symbols, &typed, &list, from: text, spoken: spoken)
        symbols.removeLast(symbols.count - count)
        typed.removeLast(typed.count - count)
        (self.symbols, self.typed) = (symbols, typed)
        (tokens, blockStarts) = (list.tokens, list.blockStarts)
    }

    /// The symbols of a paragraph.
    func symbols(ofBlock block: Int) -> Range<Int> {
        let end = block + 1 < blockStarts.count ? Int(blockStarts[block + 1]) : symbols.count
        return Int(blockStarts[block])..<end
    }

    /// Reads the text, and says how many symbols it has.
    private static func fill(
        _ symbolStore: inout [UInt8], _ typedStore: inout [UInt8], _ list: inout TokenList, from text: [UInt8],
        spoken: Bool
    ) -> Int {
        let (signTable, symbolTable) = (PlainText.signs, symbolOfTyped)
        let bytes = text.span
        let signs = signTable.span
        let values = symbolTable.span
        var symbols = symbolStore.mutableSpan
        var typed = typedStore.mutableSpan
        var words = SpokenWords()
        // Where the word begins that is being read, and where its next character goes.
        var (start, filled, index) = (0, 0, 0)
        var (textLine, isLineEmpty, beginsBlock) = (0, true, true)
        while true {
            var sign = PlainText.Sign.separator
            while index < bytes.count {
                sign = signs[Int(bytes[index])]
                guard sign >= PlainText.firstTyped else { break }
                typed[filled] = sign
                symbols[filled] = values[Int(sign)]
                filled &+= 1
                index &+= 1
            }
            let isAtEnd = index == bytes.count
            if !isAtEnd {
                var length = 1
                if sign == PlainText.Sign.longer { (sign, length) = PlainText.character(bytes, at: index) }
                index &+= length
                if sign == PlainText.Sign.nothing { continue }
                if sign >= PlainText.firstTyped {
                    typed[filled] = sign
                    symbols[filled] = values[Int(sign)]
                    filled &+= 1
                    continue
                }
            }
            if filled > start {
                isLineEmpty = false
                var (announced, isToken) = (UInt8(0), true)
                switch spoken ? words.take(typed.span.extracting(start..<filled)) : .text {
                case .nothing: (filled, isToken) = (start, false)
                case .lineNumber(let number): (filled, announced) = (start, number)
                case .character(let character):
                    typed[start] = character
                    symbols[start] = values[Int(character)]
                    filled = start &+ 1
                case .text: break
                }
                if isToken {
                    list.append(
                        symbols.span.extracting(0..<filled), from: start, textLine: textLine, beginsBlock: beginsBlock,
                        announced: announced)
                    beginsBlock = false
                }
                start = filled
            }
            if isAtEnd { return filled }
            guard sign != PlainText.Sign.separator else { continue }
            if sign == PlainText.Sign.carriageReturn, index < bytes.count, bytes[index] == 0x0A { index &+= 1 }
            if isLineEmpty { beginsBlock = true }
            textLine &+= 1
            isLineEmpty = true
        }
    }

    /// The symbol of each character as it is typed.
    private static let symbolOfTyped: [UInt8] = (0...255 as ClosedRange<UInt8>).map { byte in
        Alphabet.value(ofASCII: byte) ?? unreadable
    }
}
