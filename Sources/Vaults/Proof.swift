import Crypto
package import Licensing

/// What an application asks a vault to prove: that it holds the key, now, for this lease.
package struct ProofChallenge: Sendable, Hashable {
    /// 16 to 64 random bytes of the application's.
    package let nonce: [UInt8]
    /// An ephemeral X25519 point of the application's.
    package let point: CurvePoint
    /// The lease for which the proof is made, 16 bytes drawn by the daemon.
    package let lease: [UInt8]

    /// The size of a lease's identifier in bytes.
    package static let leaseSize = 16

    /// A challenge within the limits.
    ///
    /// - Throws: `challengeRefused` with what is wrong with it; a point of low order is refused by name.
    package init(nonce: [UInt8], point: [UInt8], lease: [UInt8]) throws(LicenceError) {
        guard (16...64).contains(nonce.count) else {
            throw LicenceError(.challengeRefused, [.reason: "the nonce has to have 16 to 64 bytes"])
        }
        guard lease.count == Self.leaseSize else {
            throw LicenceError(.challengeRefused, [.reason: "the lease has to have \(Self.leaseSize) bytes"])
        }
        do {
            self.point = try CurvePoint(point)
        } catch {
            throw LicenceError(
                .challengeRefused,
                [.reason: "its point is \(error == .lowOrder ? "of low order" : "not canonical")"])
        }
        self.nonce = nonce
        self.lease = lease
    }
}

/// The answer to a ``ProofChallenge``: HMAC-SHA256, 32 bytes.
package struct ProofAnswer: Sendable, Hashable {
    /// The 32 bytes.
    package let bytes: [UInt8]

    /// Takes 32 bytes; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// The answer that the holder of `key` gives, and equally the one that an application expects which knows the
    /// private half of its own point and takes the certificate's point for the other.
    ///
    /// HMAC(HKDF(X25519, label `alm/1/proof`), nonce length ‖ nonce ‖ h ‖ lease).
    ///
    /// - Throws: `challengeRefused` where the shared secret would be all zero.
    package init(
        _ key: AgreementKey, with point: CurvePoint, certificate: Certificate, nonce: [UInt8], lease: [UInt8]
    ) throws(LicenceError) {
        let shared: Secret
        do {
            shared = try key.sharedSecret(with: point)
        } catch {
            throw LicenceError(.challengeRefused, [.reason: "its point is of low order"])
        }
        var writer = BinaryWriter()
        writer.write(short: nonce)
        writer.write(raw: certificate.hash)
        writer.write(raw: lease)
        let authenticationKey = Derivation.proof.secret(from: shared, salt: [], count: 32).symmetricKey
        bytes = Array(HMAC<SHA256>.authenticationCode(for: writer.bytes, using: authenticationKey))
    }
}
