import Crypto

/// An X25519 public key that is safe to compute with: 32 bytes, little-endian, canonical (below 2^255 − 19, top bit
/// clear) and not one of the points of low order, whose shared secret would be known to everyone.
///
/// The five canonical points of low order are those of RFC 7748, section 6.1 and of Bernstein's list
/// (https://cr.yp.to/ecdh.html#validate): 0, 1, two of order 8, and p − 1. With their non-canonical forms they make the
/// twelve encodings that this type refuses.
package struct CurvePoint: Sendable, Hashable {
    /// Why 32 bytes are no usable point.
    package enum Refusal: Error, Equatable {
        /// Not 32 bytes, top bit set, or a value of 2^255 − 19 or above.
        case notCanonical
        /// A point of low order.
        case lowOrder
    }

    /// The 32 bytes.
    package let bytes: [UInt8]

    /// Takes 32 bytes from outside.
    package init(_ bytes: some Sequence<UInt8>) throws(Refusal) {
        let bytes = Array(bytes)
        guard bytes.count == 32 else { throw .notCanonical }
        var reduced = bytes
        reduced[31] &= 0x7f
        let canonical = reduced == bytes && Self.isBelowPrime(bytes)
        if Self.lowOrder.contains(reduced) || !Self.isBelowPrime(reduced) && Self.isLowOrderAbovePrime(reduced) {
            throw .lowOrder
        }
        guard canonical else { throw .notCanonical }
        self.bytes = bytes
    }

    /// The public half of `key`. A clamped private key never yields a point of low order or a non-canonical form.
    init(of key: Curve25519.KeyAgreement.PrivateKey) {
        bytes = Array(key.publicKey.rawRepresentation)
    }

    /// p = 2^255 − 19, little-endian.
    private static let prime: [UInt8] = [0xed] + [UInt8](repeating: 0xff, count: 30) + [0x7f]

    private static func isBelowPrime(_ value: [UInt8]) -> Bool {
        value.reversed().lexicographicallyPrecedes(prime.reversed())
    }

    /// p and p + 1, the forms above p of the points 0 and 1.
    private static func isLowOrderAbovePrime(_ value: [UInt8]) -> Bool {
        value.dropFirst() == prime.dropFirst() && (value[0] == 0xed || value[0] == 0xee)
    }

    private static let lowOrder: Set<[UInt8]> = [
        [UInt8](repeating: 0, count: 32),
        [1] + [UInt8](repeating: 0, count: 31),
        [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f],
        [
            0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
            0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
        ],
        [
            0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
            0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
        ],
    ]
}
