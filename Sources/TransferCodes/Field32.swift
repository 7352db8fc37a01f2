/// The field of 32 elements, GF(2)[x] / (x⁵ + x² + 1); an element is the five bits of its polynomial.
///
/// Addition is exclusive or. `α` is the element 2, that is x, and generates all the others but zero.
enum Field32 {
    /// α to the power of the index, 0 to 61, so that a sum of two logarithms needs no reduction.
    static let powers: [UInt8] = {
        var powers: [UInt8] = []
        var element: UInt8 = 1
        for _ in 0..<62 {
            powers.append(element)
            element <<= 1
            if element & 0x20 != 0 { element ^= 0x25 }
        }
        return powers
    }()

    /// The logarithm of each element to the base α, 0 to 30; that of zero is not used.
    static let logarithms: [Int] = {
        var logarithms = [Int](repeating: 0, count: 32)
        for exponent in 0..<31 { logarithms[Int(powers[exponent])] = exponent }
        return logarithms
    }()

    /// The product.
    static func multiply(_ a: UInt8, _ b: UInt8) -> UInt8 {
        a == 0 || b == 0 ? 0 : powers[logarithms[Int(a)] + logarithms[Int(b)]]
    }

    /// The quotient; zero if `b` is zero, which callers rule out.
    static func divide(_ a: UInt8, _ b: UInt8) -> UInt8 {
        a == 0 || b == 0 ? 0 : powers[logarithms[Int(a)] + 31 - logarithms[Int(b)]]
    }

    /// α to the power of any exponent that is not negative.
    static func power(_ exponent: Int) -> UInt8 { powers[exponent % 31] }

    /// The product of two polynomials, lowest coefficient first, without the terms from x^`limit` on.
    static func product(_ a: [UInt8], _ b: [UInt8], limit: Int) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: min(limit, max(0, a.count + b.count - 1)))
        for (i, x) in a.enumerated() {
            for (j, y) in b.enumerated() where i + j < result.count { result[i + j] ^= multiply(x, y) }
        }
        return result
    }
}
