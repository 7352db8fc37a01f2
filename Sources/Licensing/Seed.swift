/// The secret of a licence key: 16 random bytes. Whoever holds them holds the licence.
///
/// An X25519 private key follows from the seed (HKDF-SHA256, label `alm/1/key`); its public half stands in the
/// certificate, signed by the vendor.
package struct Seed: Sendable, Equatable, CustomStringConvertible {
    /// The size of a seed in bytes.
    package static let size = 16

    /// The 16 bytes.
    package let secret: Secret

    /// A seed of exactly 16 bytes; nil for any other number.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        secret = Secret(bytes)
    }

    /// The private half of the licence key.
    package var agreementKey: AgreementKey {
        guard let key = AgreementKey(Derivation.key.secret(from: secret, salt: [], count: 32)) else {
            preconditionFailure("HKDF gave another number of bytes than asked for")
        }
        return key
    }

    package var description: String { secret.description }
}
