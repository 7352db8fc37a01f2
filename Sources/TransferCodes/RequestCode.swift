/// A request code: what the target asks for.
package struct RequestCode: Sendable, Hashable {
    /// The header, flags included: MACs and `tx` cover it.
    package let header: CodeHeader
    /// `E`, the X25519 point as 32 little-endian bytes; the top bit of the last one is zero.
    package let point: [UInt8]
    /// 35 bits that authenticate the request: five bytes, the last five bits zero.
    package let mac: [UInt8]

    /// How many bits of `E` are carried; the 256th is always zero.
    static let pointBitCount = 255
    /// How many bits the MAC has.
    package static let macBitCount = 35

    /// Whether a point is canonical or of low order is not looked at here.
    ///
    /// - Throws: ``CodeError/invalidField(_:_:)`` if the flags are more than three bits, the point is not 32
    ///   bytes with a zero top bit, or the MAC is not 35 bits.
    package init(flags: UInt8 = 0, point: [UInt8], mac: [UInt8]) throws(CodeError) {
        header = try CodeHeader(.request, flags: flags)
        guard point.count == 32, point[31] < 0x80 else { throw .invalidField(.request, .point) }
        guard isField(mac, bits: Self.macBitCount) else { throw .invalidField(.request, .mac) }
        self.point = point
        self.mac = mac
    }

    /// The three flags.
    package var flags: UInt8 { header.flags }
}
