import Crypto
package import Licensing
package import TransferCodes

/// Everything that follows from one offer, one request and the secret that their two sides share.
///
/// The source reaches it with the licence key's private half, the target with its request's; nothing in it is random, so
/// the same request always gives the same codes.
package struct TransferExchange: Sendable {
    /// Hides the seed in the activation code; 16 bytes.
    let activationKey: Secret
    /// Hides the seed in the source's escrow; 16 bytes.
    package let returnKey: Secret
    /// What the receipt code carries: 65 bits in 9 bytes.
    let receipt: [UInt8]
    /// What activation and return code carry to be recognised: 12 bits in two bytes.
    let tag: [UInt8]

    /// - Parameters:
    ///   - key: the private half of one side.
    ///   - peer: the public half of the other.
    ///   - request: the request code, whose header and point the exchange is bound to.
    /// - Throws: `.lowOrder` where the shared secret would be all zero.
    package init(
        _ key: AgreementKey, with peer: CurvePoint, certificate: Certificate, offerSecret: [UInt8],
        requestHeader: CodeHeader, point: CurvePoint
    ) throws(CurvePoint.Refusal) {
        let shared = try key.sharedSecret(with: peer)
        let salt = Derivation.exchange.digest(requestHeader.bytes, certificate.hash, offerSecret, point.bytes)
        activationKey = Derivation.activation.secret(from: shared, salt: salt, count: Seed.size)
        returnKey = Derivation.returning.secret(from: shared, salt: salt, count: Seed.size)
        receipt = Self.leading(
            ReceiptCode.receiptBitCount, of: Derivation.receipt.secret(from: shared, salt: salt, count: 9))
        tag = Self.leading(ActivationCode.tagBitCount, of: Derivation.tag.secret(from: shared, salt: salt, count: 2))
    }

    /// The authenticator of a request: 35 bits of HMAC-SHA256 under a key from the start code's secret, over header,
    /// certificate hash and point.
    static func requestAuthenticator(
        header: CodeHeader, certificate: Certificate, offerSecret: [UInt8], point: [UInt8]
    ) -> [UInt8] {
        let key = Derivation.request.secret(from: Secret(offerSecret), salt: [], count: 32)
        let code = HMAC<SHA256>.authenticationCode(
            for: header.bytes + certificate.hash + point, using: key.symmetricKey)
        return leadingBits(RequestCode.macBitCount, of: Array(code)) ?? []
    }

    /// SHA-256 of a value that is compared later without being kept.
    static func digest(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    private static func leading(_ count: Int, of secret: Secret) -> [UInt8] {
        leadingBits(count, of: secret.bytes) ?? []
    }
}
