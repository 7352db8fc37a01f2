/// Collects fields, most significant bit first, into symbols of five bits.
struct BitWriter {
    private(set) var symbols: [UInt8] = []
    private var pending: UInt8 = 0
    private var pendingCount = 0

    /// Appends the low `count` bits of a number, the highest of them first.
    mutating func append(_ value: UInt64, bits count: Int) {
        for shift in stride(from: count - 1, through: 0, by: -1) {
            append(bit: UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 1)
        }
    }

    /// Appends the first `count` bits of the bytes; bits that the bytes do not have are zero.
    mutating func append(_ bytes: [UInt8], bits count: Int) {
        for index in 0..<count {
            let byte = index / 8 < bytes.count ? bytes[index / 8] : 0
            append(bit: (byte >> UInt8(7 - index % 8)) & 1)
        }
    }

    /// Pads with zero bits to whole lines of 15 symbols and hands the symbols out.
    consuming func finish() -> [UInt8] {
        while pendingCount != 0 || symbols.count % LineCode.dataCount != 0 { append(bit: 0) }
        return symbols
    }

    private mutating func append(bit: UInt8) {
        pending = pending << 1 | bit
        pendingCount += 1
        if pendingCount == 5 {
            symbols.append(pending)
            pending = 0
            pendingCount = 0
        }
    }
}
