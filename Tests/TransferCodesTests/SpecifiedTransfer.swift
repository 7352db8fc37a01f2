import Crypto
import Licensing
import TestKit
import TransferCodes

/// One transfer, computed from what the specification says with nothing of the product's but the layout of the codes.
struct SpecifiedTransfer {
    /// The seed of the key, 16 bytes.
    var seed: [UInt8]
    /// The certificate's bytes.
    var certificate: [UInt8]
    /// The offer's secret s, 10 bytes.
    var offerSecret: [UInt8]
    /// The request's secret e, 32 bytes.
    var requestSecret: [UInt8]

    var hash: [UInt8] { Self.sha256(certificate) }
    /// k.
    var privateKey: [UInt8] { Self.derive(seed, salt: [], "alm/1/key", 32) }
    /// K.
    var publicKey: [UInt8] { get throws { try Self.point(of: privateKey) } }
    /// E.
    var point: [UInt8] { get throws { try Self.point(of: requestSecret) } }
    /// Z.
    var shared: [UInt8] { get throws { try Self.agree(privateKey, try point) } }
    /// tx.
    var salt: [UInt8] {
        get throws { Self.digest("alm/1/exchange", [0x02, 0xE0] + hash + offerSecret + (try point)) }
    }
    /// K_act.
    var activationKey: [UInt8] { get throws { try exchanged("alm/1/activation", 16) } }
    /// K_ret.
    var returnKey: [UInt8] { get throws { try exchanged("alm/1/return", 16) } }
    /// rcpt.
    var receipt: [UInt8] { get throws { Self.first(65, try exchanged("alm/1/receipt", 9)) } }
    /// The tag.
    var tag: [UInt8] { get throws { Self.first(12, try exchanged("alm/1/tag", 2)) } }
    /// act.
    var maskedSeed: [UInt8] { get throws { Self.xor(seed, try activationKey) } }
    /// The escrow, which the source keeps.
    var escrow: [UInt8] { get throws { Self.xor(seed, try returnKey) } }
    /// The mac.
    var authenticator: [UInt8] { get throws { authenticator(header: [0x02, 0xE0], point: try point) } }
    /// The transfer's name.
    var name: String { Crockford.text(Self.digest("alm/1/transfer", hash + offerSecret), characters: 6) }
    /// The fingerprint.
    var fingerprint: String {
        get throws {
            Crockford.grouped(
                Crockford.text(
                    Self.digest("alm/1/fingerprint", hash + offerSecret + (try point)), characters: 12), by: 4)
        }
    }

    /// The mac over another header or point.
    func authenticator(header: [UInt8], point: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: Self.derive(offerSecret, salt: [], "alm/1/request", 32))
        return Self.first(35, Array(HMAC<SHA256>.authenticationCode(for: header + hash + point, using: key)))
    }

    // MARK: Codes

    var start: TransferCode {
        get throws { .start(try StartCode(offerSecret: offerSecret, certificate: certificate)) }
    }
    var shortStart: TransferCode {
        get throws { .shortStart(try ShortStartCode(offerSecret: offerSecret, certificateHash: hash)) }
    }
    var request: TransferCode {
        get throws { .request(try RequestCode(point: try point, mac: try authenticator)) }
    }
    var activation: TransferCode {
        get throws { .activation(try ActivationCode(maskedSeed: try maskedSeed, tag: try tag)) }
    }
    var returning: TransferCode {
        get throws { .returning(try ReturnCode(returnKey: try returnKey, tag: try tag)) }
    }
    var receiptCode: TransferCode { get throws { .receipt(try ReceiptCode(receipt: try receipt)) } }

    // MARK: Primitives

    private func exchanged(_ label: String, _ count: Int) throws -> [UInt8] {
        Self.derive(try shared, salt: try salt, label, count)
    }

    private static func derive(_ secret: [UInt8], salt: [UInt8], _ label: String, _ count: Int) -> [UInt8] {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret), salt: salt, info: Array(label.utf8), outputByteCount: count
        ).withUnsafeBytes { Array($0) }
    }

    private static func digest(_ label: String, _ bytes: [UInt8]) -> [UInt8] {
        sha256(Array(label.utf8) + [0] + bytes)
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    private static func point(of secret: [UInt8]) throws -> [UInt8] {
        Array(try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: secret).publicKey.rawRepresentation)
    }

    private static func agree(_ secret: [UInt8], _ point: [UInt8]) throws -> [UInt8] {
        try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: secret)
            .sharedSecretFromKeyAgreement(with: Curve25519.KeyAgreement.PublicKey(rawRepresentation: point))
            .withUnsafeBytes { Array($0) }
    }

    private static func first(_ bits: Int, _ bytes: [UInt8]) -> [UInt8] { leadingBits(bits, of: bytes) ?? [] }

    private static func xor(_ one: [UInt8], _ other: [UInt8]) -> [UInt8] { zip(one, other).map { $0 ^ $1 } }
}

extension SpecifiedTransfer {
    /// The transfer of a test's key, its secrets following from a number.
    init(_ key: TestKey, number: UInt64) {
        var generator = SeededGenerator(seed: number)
        self.init(
            seed: key.seed.secret.bytes, certificate: key.certificate.bytes, offerSecret: generator.bytes(10),
            requestSecret: generator.bytes(32))
    }
}
