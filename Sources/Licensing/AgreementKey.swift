import Crypto

/// The private half of an X25519 agreement: of a licence key, or of a request.
///
/// Its two operations are all that is ever done with it, and the second one refuses the all-zero result that
/// swift-crypto lets pass.
package struct AgreementKey: Sendable {
    private let key: Curve25519.KeyAgreement.PrivateKey

    /// The key of 32 secret bytes, clamped as RFC 7748 says; nil where there are not 32 of them.
    package init?(_ secret: Secret) {
        guard secret.count == 32, let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: secret.bytes)
        else { return nil }
        self.key = key
    }

    /// The public half.
    package var point: CurvePoint { CurvePoint(of: key) }

    /// The shared secret with `other`.
    ///
    /// - Throws: `.lowOrder` where every byte of it is zero (RFC 7748, section 6.1).
    package func sharedSecret(with other: CurvePoint) throws(CurvePoint.Refusal) -> Secret {
        guard let peer = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: other.bytes),
            let shared = try? key.sharedSecretFromKeyAgreement(with: peer)
        else { throw .notCanonical }
        let bytes = shared.withUnsafeBytes { Array($0) }
        guard bytes.contains(where: { $0 != 0 }) else { throw .lowOrder }
        return Secret(bytes)
    }
}

// swift-crypto's key shows its bytes to whoever reflects on it, as `dump` does.
extension AgreementKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The public half.
    package var description: String { "<private key of \(Crockford.text(point.bytes, characters: 8))>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
