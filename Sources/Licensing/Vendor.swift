import Crypto

/// The short name of a vendor in a certificate: the first 4 bytes of a digest of its public key, shown as hex.
///
/// It only finds the key; the signature decides. Two vendors may share one by chance.
package struct VendorIdentifier: Sendable, Hashable, CustomStringConvertible {
    /// The size in bytes.
    static let size = 4
    /// The 4 bytes.
    package let bytes: [UInt8]

    init?(bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    fileprivate init(ofKey key: [UInt8]) {
        bytes = Array(Derivation.vendor.digest(key).prefix(Self.size))
    }

    package var description: String { Crockford.text(bytes, characters: 7) }
}

/// A vendor as every machine knows it: a name and an Ed25519 public key.
package struct Vendor: Sendable, Hashable {
    /// The name that people know it by: 1 to 64 bytes of printable UTF-8.
    package let name: String
    /// The Ed25519 public key, 32 bytes.
    package let publicKey: [UInt8]
    /// The identifier that certificates name it by.
    package let identifier: VendorIdentifier

    /// The longest name, in bytes of UTF-8.
    package static let longestName = 64

    /// A vendor with a well-formed name and a key that swift-crypto takes; nil otherwise.
    package init?(name: String, publicKey: [UInt8]) {
        guard (1...Self.longestName).contains(name.utf8.count), name.unicodeScalars.allSatisfy(\.isPrintable),
            name.unicodeScalars.first != " ", name.unicodeScalars.last != " ",
            (try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)) != nil
        else { return nil }
        self.name = name
        self.publicKey = publicKey
        identifier = VendorIdentifier(ofKey: publicKey)
    }

    /// Whether `signature` over `bytes` is this vendor's.
    func hasSigned(_ bytes: [UInt8], signature: [UInt8]) -> Bool {
        (try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey))?.isValidSignature(signature, for: bytes)
            ?? false
    }
}
