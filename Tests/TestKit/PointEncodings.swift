/// The encodings of points that nobody may be let to compute with, worked out from their definition rather than copied.
package enum PointEncodings {
    /// 2^255 − 19, little-endian.
    package static let prime: [UInt8] = [0xed] + [UInt8](repeating: 0xff, count: 30) + [0x7f]

    /// The u-coordinates of the points of low order on the curve and its twist, below p: 0 (order 2 and 4 of them), 1 and
    /// p − 1 (order 4), and the two of order 8.
    ///
    /// The last two are the decimal numbers of https://cr.yp.to/ecdh.html#validate.
    package static let lowOrder: [[UInt8]] = [
        number("0"), number("1"), subtracting(1, from: prime),
        number("325606250916557431795983626356110631294008115727848805560023387167927233504"),
        number("39382357235489614581723060781553021112529911719440698176882885853963445705823"),
    ]

    /// The twelve encodings of Bernstein's list: every value below 2^256 that is one of ``lowOrder`` modulo p.
    package static let twelve: [[UInt8]] = lowOrder.flatMap { value in
        sequence(first: value) { add($0, prime) }.map { $0 }
    }

    /// The values from p to 2^255 − 1, which stand for 0 to 18 a second time.
    package static let aboveThePrime: [[UInt8]] = (0..<19).compactMap { add(prime, number(String($0))) }

    /// Everything wrong that the 255 bits of a request code can carry.
    package static var refusedInRequests: [[UInt8]] {
        var seen: Set<[UInt8]> = []
        return (twelve + aboveThePrime).filter { $0[31] < 0x80 && seen.insert($0).inserted }
    }

    /// A decimal number as 32 bytes, little-endian, modulo 2^256.
    package static func number(_ decimal: String) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        for digit in decimal.utf8 {
            var carry = Int(digit) - 48
            for index in bytes.indices {
                carry += Int(bytes[index]) * 10
                bytes[index] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
        }
        return bytes
    }

    /// The sum of two numbers; nil where it needs more than 256 bits.
    package static func add(_ left: [UInt8], _ right: [UInt8]) -> [UInt8]? {
        var carry = 0
        let sum = zip(left, right).map { pair in
            carry += Int(pair.0) + Int(pair.1)
            defer { carry >>= 8 }
            return UInt8(truncatingIfNeeded: carry)
        }
        return carry == 0 ? sum : nil
    }

    private static func subtracting(_ small: UInt8, from value: [UInt8]) -> [UInt8] {
        var value = value
        value[0] -= small
        return value
    }
}
