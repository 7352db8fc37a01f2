import Crypto

/// The key with which a vendor signs certificates. It is never in a daemon's state.
package struct VendorSigningKey: Sendable {
    /// The vendor whose key it is.
    package let vendor: Vendor
    private let key: Curve25519.Signing.PrivateKey

    /// The key of 32 secret bytes; nil where they or the name are not well formed.
    package init?(name: String, secret: Secret) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: secret.bytes),
            let vendor = Vendor(name: name, publicKey: Array(key.publicKey.rawRepresentation))
        else { return nil }
        self.key = key
        self.vendor = vendor
    }

    /// An Ed25519 signature, 64 bytes.
    ///
    /// - Throws: `certificateMalformed` where the library can't sign.
    func signature(over bytes: [UInt8]) throws(LicenceError) -> [UInt8] {
        do {
            return Array(try key.signature(for: bytes))
        } catch {
            throw LicenceError(.certificateMalformed, [.reason: "it could not be signed"])
        }
    }
}

// swift-crypto's key shows its bytes to whoever reflects on it, as `dump` does.
extension VendorSigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The vendor whose key it is.
    package var description: String { "<signing key of vendor \(vendor.identifier)>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
