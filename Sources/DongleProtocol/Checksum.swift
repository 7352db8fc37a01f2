/// CRC-32 as in Ethernet and zip: polynomial 0x04C11DB7 reflected, begun with all ones, inverted at the end. It finds
/// every single wrong bit and every burst of up to 32; it protects against accidents and against nobody.
package enum Checksum {
    /// The checksum of `parts`, one after the other.
    package static func of(_ parts: ArraySlice<UInt8>...) -> UInt32 {
        var value: UInt32 = 0xFFFF_FFFF
        for part in parts {
            for byte in part {
                value = table[Int((value ^ UInt32(byte)) & 0xFF)] ^ (value >> 8)
            }
        }
        return ~value
    }

    private static let table: [UInt32] = (0..<256).map { (index: UInt32) in
        (0..<8).reduce(index) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
