/// Finding out which line of which kind twenty symbols are, when they are exactly one.
extension LineCode {
    /// The kind's five bits and the line's number for which the 20 symbols are a codeword; `nil` if for none.
    ///
    /// There is at most one: two codewords that agree in the 20 printed places would differ in two places only.
    static func recognise(_ symbols: Span<UInt8>) -> (kind: UInt8, line: Int)? {
        guard symbols.count == printedCount else { return nil }
        let table = placeSums
        let sums = table.span
        var sum: UInt32 = 0
        var row = virtualCount * 32
        for index in symbols.indices {
            let symbol = symbols[index]
            guard symbol < 32 else { return nil }
            sum ^= sums[row &+ Int(symbol)]
            row &+= 32
        }
        let (kind, line) = virtualSymbols[Int(sum & 1023)]
        guard sum == sums[Int(kind)] ^ sums[32 + Int(line)], (1...CodeKind.maximumLineCount).contains(Int(line)) else {
            return nil
        }
        return (kind, Int(line))
    }

    /// The same for an array, and part of one.
    static func recognise(_ symbols: [UInt8], _ range: Range<Int>? = nil) -> (kind: UInt8, line: Int)? {
        recognise(symbols.span.extracting(range ?? symbols.indices))
    }

    /// What ``complete(kind:line:_:)`` finds.
    enum Completion: Equatable {
        /// No line of the code agrees with what can be read.
        case none
        /// The line's number and its 20 symbols.
        case line(Int, [UInt8])
        /// More than two symbols are not known, the number included.
        case tooManyUnknown
    }

    /// The only line of a kind that agrees with the 20 symbols wherever they can be read.
    ///
    /// - Parameters:
    ///   - kind: the kind's five bits.
    ///   - line: the number; `nil` if it is not known.
    ///   - symbols: what is not below 32 can't be read.
    static func complete(kind: UInt8, line: Int?, _ symbols: [UInt8]) -> Completion {
        guard symbols.count == printedCount, kind < 32, (0..<32).contains(line ?? 0) else { return .none }
        let sums = placeSums
        var sum = sums[Int(kind)]
        // The places of the symbols that are not known.
        var unknown = (first: -1, second: -1)
        if let line { sum ^= sums[32 + line] } else { unknown.first = 1 }
        for (index, symbol) in symbols.enumerated() {
            let place = index + virtualCount
            if symbol < 32 {
                sum ^= sums[place * 32 + Int(symbol)]
            } else if unknown.first < 0 {
                unknown.first = place
            } else if unknown.second < 0 {
                unknown.second = place
            } else {
                return .tooManyUnknown
            }
        }
        guard let (first, second) = unknownSymbols(sum, at: unknown.first, unknown.second) else { return .none }
        guard unknown.first >= 0 else { return .line(line ?? 0, symbols) }
        var word = [kind, UInt8(truncatingIfNeeded: line ?? 0)] + symbols
        word[unknown.first] = first
        if unknown.second >= 0 { word[unknown.second] = second }
        return .line(Int(word[1]), Array(word.dropFirst(virtualCount)))
    }

    /// The symbols at up to two places that make a codeword of all others, which add up to `sum`; `nil` if none do.
    ///
    /// The first syndrome is x·a + y·b, and the second one x·a² + y·b², where a and b are α to the power of the places'
    /// degrees; the other three have to agree.
    ///
    /// - Parameters:
    ///   - sum: the syndromes of the other symbols.
    ///   - first: a place; below 0 if all symbols are known.
    ///   - second: another one; below 0 if only one is not known.
    private static func unknownSymbols(_ sum: UInt32, at first: Int, _ second: Int) -> (UInt8, UInt8)? {
        guard first >= 0 else { return sum == 0 ? (0, 0) : nil }
        let a = Field32.power(wordCount - 1 - first)
        let syndrome = UInt8(truncatingIfNeeded: sum & 31)
        guard second >= 0 else {
            let x = Field32.divide(syndrome, a)
            return sum == placeSums[first * 32 + Int(x)] ? (x, 0) : nil
        }
        let b = Field32.power(wordCount - 1 - second)
        let other = UInt8(truncatingIfNeeded: sum >> 5 & 31)
        let y = Field32.divide(other ^ Field32.multiply(a, syndrome), Field32.multiply(b, a ^ b))
        let x = Field32.divide(syndrome ^ Field32.multiply(y, b), a)
        return sum == placeSums[first * 32 + Int(x)] ^ placeSums[second * 32 + Int(y)] ? (x, y) : nil
    }

    /// What a symbol at a place adds to the five syndromes, packed five bits each; 0 for what is no symbol.
    static func packedSyndromes(place: Int, symbol: UInt8) -> UInt32 {
        symbol < 32 ? placeSums[place * 32 + Int(symbol)] : 0
    }

    /// For each place, kind and number first, and each symbol what it adds.
    private static let placeSums: [UInt32] = (0..<wordCount).flatMap { place in
        (0..<32 as Range<UInt8>).map { symbol in
            (1...checkCount).reduce(0) { packed, exponent in
                let value = Field32.multiply(symbol, Field32.power(exponent * (wordCount - 1 - place)))
                return packed | UInt32(value) << UInt32(5 * (exponent - 1))
            }
        }
    }

    /// For each pair of the first two syndromes the only kind and number that give it.
    private static let virtualSymbols: [(kind: UInt8, line: UInt8)] = {
        var table = [(kind: UInt8, line: UInt8)](repeating: (0, 0), count: 1024)
        for kind in 0..<32 as Range<UInt8> {
            for line in 0..<32 as Range<UInt8> {
                table[Int((placeSums[Int(kind)] ^ placeSums[32 + Int(line)]) & 1023)] = (kind, line)
            }
        }
        return table
    }()
}
