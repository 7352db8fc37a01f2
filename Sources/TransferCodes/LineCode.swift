/// The Reed–Solomon code that protects a line: 15 data symbols and 5 check symbols, minimum distance 6.
///
/// A codeword has 22 symbols: the kind, the line's number, the 15 data symbols and the 5 check symbols. The
/// first two are not printed; who reads knows them or tries them. Symbol j is the coefficient of x^(21-j), and
/// every codeword is a multiple of (x-α)(x-α²)(x-α³)(x-α⁴)(x-α⁵).
enum LineCode {
    /// Data symbols in a line.
    static let dataCount = 15
    /// Data bits in a line.
    static let dataBitCount = 75
    /// Check symbols in a line.
    static let checkCount = 5
    /// Printed symbols in a line.
    static let printedCount = 20
    /// Symbols before the printed ones: kind and line number.
    static let virtualCount = 2
    /// All symbols of a codeword.
    static let wordCount = 22

    /// The generator's coefficients below x⁵, highest first.
    private static let generator: [UInt8] = {
        var polynomial: [UInt8] = [1]
        for exponent in 1...checkCount {
            polynomial = Field32.product(polynomial, [Field32.power(exponent), 1], limit: checkCount + 1)
        }
        return Array(polynomial.dropLast().reversed())
    }()

    /// The five check symbols of a line.
    static func check(kind: UInt8, line: UInt8, data: [UInt8]) -> [UInt8] {
        var remainder = [UInt8](repeating: 0, count: checkCount)
        for symbol in [kind, line] + data {
            let feedback = symbol ^ remainder[0]
            remainder.removeFirst()
            remainder.append(0)
            for index in 0..<checkCount { remainder[index] ^= Field32.multiply(feedback, generator[index]) }
        }
        return remainder
    }
}
