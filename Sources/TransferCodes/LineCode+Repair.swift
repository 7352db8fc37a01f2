/// Putting words right: bounded-distance decoding with erasures.
extension LineCode {
    /// The only codeword that differs from `word` in `e` places that are not erased and any number of the `f`
    /// erased ones, with 2e + f ≤ 5; `nil` if there is none.
    ///
    /// - Parameters:
    ///   - word: 22 symbols below 32, kind and line number first; what stands at erased places does not matter.
    ///   - erased: the places that cannot be read, each below 22 and named once.
    static func correct(_ word: [UInt8], erased: [Int] = []) -> [UInt8]? {
        guard word.count == wordCount, erased.count <= checkCount else { return nil }
        var word = word
        for place in erased {
            guard word.indices.contains(place) else { return nil }
            word[place] = 0
        }
        let syndromes = syndromes(word)
        if syndromes.isZero { return word }

        var erasureLocator = ShortPolynomial.one
        for place in erased { erasureLocator.multiply(byRoot: locator(place)) }
        let forney = syndromes.product(erasureLocator, limit: checkCount).dropping(erased.count)
        guard let errorLocator = shortestRegister(forney, count: checkCount - erased.count) else { return nil }
        var errors: [Int] = []
        for place in word.indices where errorLocator.value(at: inverseLocator(place)) == 0 { errors.append(place) }
        guard errors.count == errorLocator.degree, errors.allSatisfy({ !erased.contains($0) }) else { return nil }

        let locators = errorLocator.product(erasureLocator, limit: checkCount + 1)
        let evaluator = syndromes.product(locators, limit: checkCount)
        let derivative = locators.derivative
        for place in errors + erased {
            let x = inverseLocator(place)
            let slope = derivative.value(at: x)
            guard slope != 0 else { return nil }
            word[place] ^= Field32.divide(evaluator.value(at: x), slope)
        }
        return self.syndromes(word).isZero ? word : nil
    }

    /// The word's values at α to α⁵, lowest first; all zero exactly for codewords.
    private static func syndromes(_ word: [UInt8]) -> ShortPolynomial {
        var sum: UInt32 = 0
        for (place, symbol) in word.enumerated() { sum ^= packedSyndromes(place: place, symbol: symbol) }
        return ShortPolynomial(packed: sum)
    }

    /// The locator of a place: α to the power of the place's degree.
    private static func locator(_ place: Int) -> UInt8 { Field32.power(wordCount - 1 - place) }

    /// One divided by ``locator(_:)``.
    private static func inverseLocator(_ place: Int) -> UInt8 { Field32.power(31 - (wordCount - 1 - place)) }

    /// Berlekamp and Massey: the shortest linear register that makes the first `count` terms, as its connection
    /// polynomial; `nil` if it is longer than half of them.
    private static func shortestRegister(_ sequence: ShortPolynomial, count: Int) -> ShortPolynomial? {
        var connection = ShortPolynomial.one
        var previous = ShortPolynomial.one
        var (length, gap, previousDiscrepancy) = (0, 1, UInt8(1))
        for index in 0..<count {
            var discrepancy = sequence[index]
            for power in 1...max(1, length) where power <= length && power <= index {
                discrepancy ^= Field32.multiply(connection[power], sequence[index - power])
            }
            guard discrepancy != 0 else {
                gap += 1
                continue
            }
            let factor = Field32.divide(discrepancy, previousDiscrepancy)
            let before = connection
            connection.add(previous, times: factor, shifted: gap)
            if 2 * length <= index {
                (length, previous, previousDiscrepancy, gap) = (index + 1 - length, before, discrepancy, 1)
            } else {
                gap += 1
            }
        }
        guard 2 * length <= count, connection.degree == length else { return nil }
        return connection
    }
}
