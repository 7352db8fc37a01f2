import CryptoExtras
import Licensing

/// Makes a key from a passphrase so slowly that guessing passphrases does not pay.
enum PassphraseDerivation {
    /// scrypt (RFC 7914) with N = 2^`cost`, r = 8, p = 1: 32 bytes; nil where the memory is not there.
    static func key(of passphrase: Secret, salt: [UInt8], cost: UInt8) -> Secret? {
        let key = try? KDF.Scrypt.deriveKey(
            from: passphrase.bytes, salt: salt, outputByteCount: 32, rounds: 1 << Int(cost), blockSize: 8,
            parallelism: 1)
        return key.map { $0.withUnsafeBytes { Secret(Array($0)) } }
    }
}
