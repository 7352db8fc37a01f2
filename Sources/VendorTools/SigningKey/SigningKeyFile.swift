import Crypto
package import Licensing

/// The bytes of a `.signing-key` file: the vendor's Ed25519 private key with the vendor's name.
///
/// Integers are big-endian, one after the other:
///
/// | field | bytes | |
/// |---|---|---|
/// | heading | 18 | `alm signing key 1` and a line feed; the 1 is the format's version |
/// | protection | 1 | 0: in clear; 1: under a passphrase |
/// | name | 1 + n | length and UTF-8 of the vendor's name |
/// | public key | 32 | Ed25519 |
///
/// In clear follow the private key (32) and the first 16 bytes of SHA-256 over everything before them. Under a
/// passphrase follow the cost (1, *c*), a salt (16), a nonce (12) and the private key sealed with ChaCha20-Poly1305
/// (32 + 16); its key is scrypt of the passphrase with N = 2^*c*, r = 8, p = 1, 32 bytes, and everything before the nonce
/// is authenticated with it. *c* is 10 to 18; new files have ``defaultCost``.
///
/// So no bit of the file can change unnoticed, and whoever has it without the passphrase has to guess that at the cost of
/// 128 MiB of memory and about half a second for each attempt.
package struct SigningKeyFile: Sendable, Equatable {
    /// The cost of new files: 128 MiB, what OWASP's Password Storage Cheat Sheet asks of scrypt.
    package static let defaultCost: UInt8 = 17
    /// The cost of the files that a task makes: ``defaultCost``, but in tests that make many.
    @TaskLocal static var cost = defaultCost
    /// The costs that are read; above, a file could make its reader run out of memory.
    static let costs: ClosedRange<UInt8> = 10...18
    /// The most bytes a file can have.
    static let largest = 256

    private static let heading = Array("alm signing key 1\n".utf8)
    private static let checksumSize = 16, saltSize = 16, nonceSize = 12, keySize = 32, tagSize = 16

    /// Why bytes are no signing key that could be used.
    package enum Refusal: Error, Equatable {
        /// They are no such file, or a damaged one; what is wrong.
        case malformed(String)
        /// The key is under a passphrase, and none was given.
        case passphraseNeeded
        /// The passphrase is another one, or the file is damaged.
        case passphraseWrong
    }

    /// The bytes as they are in the file.
    package let bytes: [UInt8]

    /// Bytes that were read from a file.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The file of a private key.
    ///
    /// - Parameters:
    ///   - secret: the 32 bytes of the private key.
    ///   - passphrase: what to put it under; nil: it is in clear.
    ///   - randomBytes: so many bytes that nobody can guess.
    /// - Throws: `malformed` where the private key or the name is not well formed, or `cost` is none.
    package init(
        _ secret: Secret, name: String, passphrase: Secret?, cost: UInt8 = cost, randomBytes: (Int) -> [UInt8]
    ) throws(Refusal) {
        guard let key = VendorSigningKey(name: name, secret: secret) else {
            throw .malformed("the name or the private key is not well formed")
        }
        var writer = BinaryWriter()
        writer.write(raw: Self.heading)
        writer.write(passphrase != nil)
        writer.write(short: name.utf8)
        writer.write(raw: key.vendor.publicKey)
        guard let passphrase else {
            writer.write(raw: secret.bytes)
            bytes = writer.bytes + Self.checksum(writer.bytes)
            return
        }
        guard Self.costs.contains(cost) else { throw .malformed("the cost \(cost) is not possible") }
        let salt = randomBytes(Self.saltSize)
        writer.write(cost)
        writer.write(raw: salt)
        let sealingKey = try Self.sealingKey(passphrase, salt: salt, cost: cost)
        do {
            let nonce = try ChaChaPoly.Nonce(data: randomBytes(Self.nonceSize))
            bytes =
                writer.bytes
                + (try ChaChaPoly.seal(
                    secret.bytes, using: sealingKey.symmetricKey, nonce: nonce, authenticating: writer.bytes
                ).combined)
        } catch {
            throw .malformed("it could not be sealed")
        }
    }

    /// Whether the key is under a passphrase; nil where the bytes are no signing key.
    package var isProtected: Bool? {
        try? fields().protection != nil
    }

    /// The key.
    ///
    /// - Parameter passphrase: needed where ``isProtected``, else left alone.
    package func key(passphrase: Secret?) throws(Refusal) -> VendorSigningKey {
        let fields = try fields()
        let secret: Secret
        if let protection = fields.protection {
            guard let passphrase else { throw .passphraseNeeded }
            let sealingKey = try Self.sealingKey(passphrase, salt: protection.salt, cost: protection.cost)
            guard let box = try? ChaChaPoly.SealedBox(combined: fields.sealed),
                let opened = try? ChaChaPoly.open(
                    box, using: sealingKey.symmetricKey, authenticating: bytes.dropLast(fields.sealed.count))
            else { throw .passphraseWrong }
            secret = Secret(Array(opened))
        } else {
            guard Self.checksum(bytes.dropLast(Self.checksumSize)) == fields.checksum else {
                throw .malformed("its checksum is wrong")
            }
            secret = Secret(fields.sealed)
        }
        guard let key = VendorSigningKey(name: fields.name, secret: secret), key.vendor.publicKey == fields.publicKey
        else { throw .malformed("its public key is another one's") }
        return key
    }

    private struct Fields {
        var name = ""
        var publicKey: [UInt8] = []
        var protection: (cost: UInt8, salt: [UInt8])?
        /// The private key, sealed with nonce and tag, or in clear.
        var sealed: [UInt8] = []
        var checksum: [UInt8] = []
    }

    private func fields() throws(Refusal) -> Fields {
        guard bytes.starts(with: Self.heading) else { throw .malformed("it does not begin as one") }
        var reader = BinaryReader(bytes.dropFirst(Self.heading.count))
        var fields = Fields()
        do {
            let isProtected = try reader.flag()
            fields.name = try reader.text()
            fields.publicKey = try reader.raw(32)
            if isProtected {
                fields.protection = (try reader.integer(), try reader.raw(Self.saltSize))
                fields.sealed = try reader.raw(Self.nonceSize + Self.keySize + Self.tagSize)
            } else {
                fields.sealed = try reader.raw(Self.keySize)
                fields.checksum = try reader.raw(Self.checksumSize)
            }
            try reader.finish()
        } catch {
            throw .malformed("its fields don't fill it exactly")
        }
        if let cost = fields.protection?.cost, !Self.costs.contains(cost) {
            throw .malformed("its cost \(cost) is not possible")
        }
        return fields
    }

    private static func checksum(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: Array(bytes)).prefix(checksumSize))
    }

    private static func sealingKey(_ passphrase: Secret, salt: [UInt8], cost: UInt8) throws(Refusal) -> Secret {
        guard let key = PassphraseDerivation.key(of: passphrase, salt: salt, cost: cost) else {
            throw .malformed("no key could be derived from the passphrase")
        }
        return key
    }
}
