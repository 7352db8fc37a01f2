/// The first `count` bits of some bytes, as the fields of codes hold them: whole bytes, with the bits of the
/// last byte that are not used set to zero. `nil` if there are fewer bits than that.
package func leadingBits(_ count: Int, of bytes: some Collection<UInt8>) -> [UInt8]? {
    guard count >= 0, count <= bytes.count * 8 else { return nil }
    var result = Array(bytes.prefix((count + 7) / 8))
    if count % 8 != 0, let last = result.indices.last {
        result[last] &= UInt8(truncatingIfNeeded: 0xff00 >> (count % 8))
    }
    return result
}

/// Whether the bytes are exactly a field of `count` bits: as many bytes as it takes, unused bits zero.
func isField(_ bytes: [UInt8], bits count: Int) -> Bool {
    bytes.count == (count + 7) / 8 && leadingBits(count, of: bytes) == bytes
}
