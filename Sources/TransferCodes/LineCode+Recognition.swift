/// Finding out which line of which kind twenty symbols are, when they are exactly one.
extension LineCode {
    /// The kind's five bits and the line's number for which the 20 symbols are a codeword; `nil` if for none.
    ///
    /// There is at most one: two codewords that agree in the 20 printed places would differ in two places only.
    static func recognise(_ symbols: ArraySlice<UInt8>) -> (kind: UInt8, line: Int)? {
        guard symbols.count == printedCount else { return nil }
        var sum: UInt32 = 0
        let sums = placeSums
        var row = virtualCount * 32
        for symbol in symbols {
            guard symbol < 32 else { return nil }
            sum ^= sums[row + Int(symbol)]
            row += 32
        }
        let (kind, line) = virtualSymbols[Int(sum & 1023)]
        guard sum == sums[Int(kind)] ^ sums[32 + Int(line)], (1...CodeKind.maximumLineCount).contains(Int(line)) else {
            return nil
        }
        return (kind, Int(line))
    }

    /// The same for an array.
    static func recognise(_ symbols: [UInt8]) -> (kind: UInt8, line: Int)? { recognise(symbols[...]) }

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
