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
        if syndromes.allSatisfy({ $0 == 0 }) { return word }

        var erasureLocator: [UInt8] = [1]
        for place in erased {
            erasureLocator = Field32.product(erasureLocator, [1, locator(place)], limit: checkCount + 1)
        }
        let forney = Field32.product(syndromes, erasureLocator, limit: checkCount).dropFirst(erased.count)
        guard let errorLocator = shortestRegister(Array(forney)) else { return nil }
        let errors = word.indices.filter { Field32.evaluate(errorLocator, at: inverseLocator($0)) == 0 }
        guard errors.count == errorLocator.count - 1, errors.allSatisfy({ !erased.contains($0) }) else { return nil }

        let locators = Field32.product(errorLocator, erasureLocator, limit: checkCount + 1)
        let evaluator = Field32.product(syndromes, locators, limit: checkCount)
        // The formal derivative: only odd powers survive in characteristic 2.
        let derivative = locators.enumerated().dropFirst().map { $0.offset % 2 == 1 ? $0.element : 0 }
        for place in errors + erased {
            let x = inverseLocator(place)
            let slope = Field32.evaluate(derivative, at: x)
            guard slope != 0 else { return nil }
            word[place] ^= Field32.divide(Field32.evaluate(evaluator, at: x), slope)
        }
        return self.syndromes(word).allSatisfy { $0 == 0 } ? word : nil
    }

    /// The word's values at α to α⁵; all zero exactly for codewords.
    private static func syndromes(_ word: [UInt8]) -> [UInt8] {
        (1...checkCount).map { exponent in
            let point = Field32.power(exponent)
            return word.reduce(0) { Field32.multiply($0, point) ^ $1 }
        }
    }

    /// The locator of a place: α to the power of the place's degree.
    private static func locator(_ place: Int) -> UInt8 { Field32.power(wordCount - 1 - place) }

    /// One divided by ``locator(_:)``.
    private static func inverseLocator(_ place: Int) -> UInt8 { Field32.power(31 - (wordCount - 1 - place)) }

    /// Berlekamp and Massey: the shortest linear register that makes the sequence, as its connection polynomial,
    /// lowest coefficient first; `nil` if it is longer than half the sequence.
    private static func shortestRegister(_ sequence: [UInt8]) -> [UInt8]? {
        var connection: [UInt8] = [1]
        var previous: [UInt8] = [1]
        var (length, gap, previousDiscrepancy) = (0, 1, UInt8(1))
        for index in sequence.indices {
            var discrepancy = sequence[index]
            for (power, coefficient) in connection.enumerated().dropFirst() where power <= length && power <= index {
                discrepancy ^= Field32.multiply(coefficient, sequence[index - power])
            }
            guard discrepancy != 0 else {
                gap += 1
                continue
            }
            let factor = Field32.divide(discrepancy, previousDiscrepancy)
            let before = connection
            if connection.count < previous.count + gap {
                connection += [UInt8](repeating: 0, count: previous.count + gap - connection.count)
            }
            for (power, coefficient) in previous.enumerated() {
                connection[power + gap] ^= Field32.multiply(factor, coefficient)
            }
            if 2 * length <= index {
                (length, previous, previousDiscrepancy, gap) = (index + 1 - length, before, discrepancy, 1)
            } else {
                gap += 1
            }
        }
        guard 2 * length <= sequence.count else { return nil }
        while connection.count > 1, connection.last == 0 { connection.removeLast() }
        return connection.count == length + 1 ? connection : nil
    }
}
