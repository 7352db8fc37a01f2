import Crypto

/// Every derivation of the product has a label of its own, so that no value made for one use serves another.
package enum Derivation: String, CaseIterable, Sendable {
    /// The private half of a licence key, from its seed.
    case key = "alm/1/key"
    /// What the vendor's signature covers.
    case certificate = "alm/1/certificate"
    /// The identifier of a vendor, from its public key.
    case vendor = "alm/1/vendor"
    /// The short name of a transfer, from the certificate and the start code's secret.
    case transfer = "alm/1/transfer"
    /// The salt of everything that one release computes.
    case exchange = "alm/1/exchange"
    /// The key of a request's authenticator.
    case request = "alm/1/request"
    /// What hides the seed in an activation code.
    case activation = "alm/1/activation"
    /// What hides the seed in the source's escrow, and is shown in a return code.
    case returning = "alm/1/return"
    /// The contents of a receipt code.
    case receipt = "alm/1/receipt"
    /// The tag of activation and return codes.
    case tag = "alm/1/tag"
    /// What both sides compare before the key leaves.
    case fingerprint = "alm/1/fingerprint"
    /// The key of a proof to an application.
    case proof = "alm/1/proof"

    /// The label as bytes.
    package var label: [UInt8] { Array(rawValue.utf8) }

    /// `count` secret bytes: HKDF-SHA256 of `secret` with `salt`, the label as info.
    package func secret(from secret: Secret, salt: [UInt8], count: Int) -> Secret {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret.symmetricKey, salt: salt, info: label, outputByteCount: count)
        return Secret(derived.withUnsafeBytes { Array($0) })
    }

    /// SHA-256 of the label, a zero byte and `parts` one after the other.
    ///
    /// The parts are of fixed size, or there is only one of them, so that no two lists give the same bytes.
    package func digest(_ parts: [UInt8]...) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: label)
        hash.update(data: [0])
        for part in parts { hash.update(data: part) }
        return Array(hash.finalize())
    }
}
