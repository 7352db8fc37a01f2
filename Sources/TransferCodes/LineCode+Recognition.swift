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
        if unknown.first < 0 { return sum == 0 ? .line(line ?? 0, symbols) : .none }
        for first in 0..<32 as Range<UInt8> {
            let rest = sum ^ sums[unknown.first * 32 + Int(first)]
            var second: UInt8 = 0
            if unknown.second >= 0 {
                // The first syndrome leaves one symbol for the second place.
                let factor = Field32.power(wordCount - 1 - unknown.second)
                second = Field32.divide(UInt8(truncatingIfNeeded: rest & 31), factor)
                guard rest == sums[unknown.second * 32 + Int(second)] else { continue }
            } else if rest != 0 {
                continue
            }
            var word = [kind, UInt8(truncatingIfNeeded: line ?? 0)] + symbols
            word[unknown.first] = first
            if unknown.second >= 0 { word[unknown.second] = second }
            return .line(Int(word[1]), Array(word.dropFirst(virtualCount)))
        }
        return .none
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
