/// Finding out which line of which kind twenty symbols are, when they are exactly one.
extension LineCode {
    /// The kind's five bits and the line's number for which the 20 symbols are a codeword; `nil` if for none.
    ///
    /// There is at most one: two codewords that agree in the 20 printed places would differ in two places only.
    static func recognise(_ symbols: some Collection<UInt8>) -> (kind: UInt8, line: Int)? {
        guard symbols.count == printedCount else { return nil }
        var sum: UInt32 = 0
        var row = 0
        for symbol in symbols {
            guard symbol < 32 else { return nil }
            sum ^= printedSums[row | Int(symbol)]
            row += 32
        }
        guard let pair = virtualSums[sum] else { return nil }
        return (UInt8(pair >> 5), Int(pair & 31))
    }

    /// What each symbol at each printed place adds to the five syndromes, packed five bits each.
    private static let printedSums: [UInt32] = (virtualCount..<wordCount).flatMap { place in
        (0..<32).map { packedSyndromes(place: place, symbol: UInt8($0)) }
    }

    /// Kind and line number, packed, by what they add to the syndromes together.
    private static let virtualSums: [UInt32: UInt16] = {
        var table: [UInt32: UInt16] = [:]
        for kind in 0..<32 {
            for line in 1...CodeKind.maximumLineCount {
                let sum =
                    packedSyndromes(place: 0, symbol: UInt8(kind)) ^ packedSyndromes(place: 1, symbol: UInt8(line))
                table[sum] = UInt16(kind << 5 | line)
            }
        }
        return table
    }()

    private static func packedSyndromes(place: Int, symbol: UInt8) -> UInt32 {
        (1...checkCount).reduce(0) { packed, exponent in
            let value = Field32.multiply(symbol, Field32.power(exponent * (wordCount - 1 - place)))
            return packed | UInt32(value) << UInt32(5 * (exponent - 1))
        }
    }
}
