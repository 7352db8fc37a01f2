/// A polynomial over ``Field32`` of up to eight coefficients, a byte each in one word, lowest first.
///
/// The decoder runs through several thousand of them where a text is searched for lines that can be put right; arrays
/// would cost more than the arithmetic. What is shifted beyond the eighth coefficient is lost, which none is that a line's
/// five check symbols give.
struct ShortPolynomial {
    private var bits: UInt64

    private init(bits: UInt64) { self.bits = bits }

    /// The polynomial 1.
    static let one = ShortPolynomial(bits: 1)

    /// The five coefficients in a word of five bits each, lowest first.
    init(packed: UInt32) {
        bits = 0
        for index in 0..<LineCode.checkCount { bits |= UInt64(packed >> UInt32(5 * index) & 31) << UInt64(8 * index) }
    }

    /// Whether all coefficients are zero.
    var isZero: Bool { bits == 0 }

    /// The highest power whose coefficient is not zero; 0 for a constant.
    var degree: Int { bits == 0 ? 0 : (63 - bits.leadingZeroBitCount) / 8 }

    /// A coefficient; zero beyond the eighth.
    subscript(power: Int) -> UInt8 { UInt8(truncatingIfNeeded: bits >> UInt64(8 * power)) }

    /// The value at a point.
    func value(at x: UInt8) -> UInt8 {
        var value: UInt8 = 0
        for power in stride(from: degree, through: 0, by: -1) { value = Field32.multiply(value, x) ^ self[power] }
        return value
    }

    /// Without the lowest `count` coefficients, the rest moved down.
    func dropping(_ count: Int) -> ShortPolynomial { ShortPolynomial(bits: bits >> UInt64(8 * count)) }

    /// Multiplies by 1 + `root` · x.
    mutating func multiply(byRoot root: UInt8) { add(self, times: root, shifted: 1) }

    /// Adds `factor` · x^`shift` times another one.
    mutating func add(_ other: ShortPolynomial, times factor: UInt8, shifted shift: Int) {
        for power in 0...other.degree {
            bits ^= UInt64(Field32.multiply(factor, other[power])) << UInt64(8 * (power + shift))
        }
    }

    /// The product, without the terms from x^`limit` on.
    func product(_ other: ShortPolynomial, limit: Int) -> ShortPolynomial {
        var result = ShortPolynomial(bits: 0)
        for power in 0...degree { result.add(other, times: self[power], shifted: power) }
        return ShortPolynomial(bits: result.bits & (1 << UInt64(8 * limit) - 1))
    }

    /// The formal derivative: only odd powers survive in characteristic 2.
    var derivative: ShortPolynomial { ShortPolynomial(bits: bits >> 8 & 0x00FF_00FF_00FF_00FF) }
}
