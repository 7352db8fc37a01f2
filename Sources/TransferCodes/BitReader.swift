/// Takes fields, most significant bit first, out of symbols of five bits.
///
/// Reading past the end gives zero bits; whoever reads has made sure of the length before.
struct BitReader {
    private let symbols: [UInt8]
    private var position = 0

    init(_ symbols: [UInt8]) { self.symbols = symbols }

    /// Takes up to 64 bits as a number.
    mutating func number(bits count: Int) -> UInt64 {
        var value: UInt64 = 0
        for _ in 0..<count { value = value << 1 | UInt64(bit()) }
        return value
    }

    /// Takes `count` bits as bytes: the first bit is the highest of the first byte, and the bits of the last
    /// byte that are not used are zero.
    mutating func bytes(bits count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (count + 7) / 8)
        for index in 0..<count { bytes[index / 8] |= bit() << UInt8(7 - index % 8) }
        return bytes
    }

    /// Whether every bit that has not been taken is zero.
    consuming func restIsZero() -> Bool {
        while position < symbols.count * 5 {
            if bit() != 0 { return false }
        }
        return true
    }

    private mutating func bit() -> UInt8 {
        let (index, offset) = (position / 5, position % 5)
        position += 1
        guard index < symbols.count else { return 0 }
        return (symbols[index] >> UInt8(4 - offset)) & 1
    }
}
