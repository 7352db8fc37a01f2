import Crypto
import Licensing

/// The key that seals a store's secrets. It exists in memory, and on disk only wrapped for an anchor; every rotation of
/// the anchor makes a new one.
struct StoreKey: Sendable {
    /// Bytes.
    static let size = 32

    private let key: SymmetricKey

    /// A key that was never used.
    static func fresh() -> StoreKey { StoreKey(key: SymmetricKey(size: .bits256)) }

    private init(key: SymmetricKey) { self.key = key }

    /// What a sealed value was sealed for; a value moved to another row or column does not open.
    struct Place: Sendable {
        let table: String
        let column: String
        /// The row's own name, of whatever length.
        let row: [UInt8]

        /// Associated data: each part behind its length, so that no two places give the same bytes.
        fileprivate var bytes: [UInt8] {
            var writer = BinaryWriter()
            writer.write(short: Array("alm/1/sealed".utf8))
            writer.write(short: Array(table.utf8))
            writer.write(short: Array(column.utf8))
            writer.write(long: row)
            return writer.bytes
        }
    }

    /// Seals `secret` for `place`: nonce ‖ ciphertext ‖ tag of ChaCha20-Poly1305.
    func seal(_ secret: Secret, for place: Place) -> [UInt8]? {
        try? Array(ChaChaPoly.seal(secret.bytes, using: key, authenticating: place.bytes).combined)
    }

    /// Opens what ``seal(_:for:)`` made; nil for anything else.
    func open(_ sealed: [UInt8], from place: Place) -> Secret? {
        guard let box = try? ChaChaPoly.SealedBox(combined: sealed) else { return nil }
        return (try? ChaChaPoly.open(box, using: key, authenticating: place.bytes)).map { Secret($0) }
    }

    /// This key sealed under an anchor's wrapping key.
    func wrapped(under wrapping: SymmetricKey, header: [UInt8]) -> [UInt8]? {
        key.withUnsafeBytes { bytes in
            try? Array(ChaChaPoly.seal(bytes, using: wrapping, authenticating: header).combined)
        }
    }

    /// The key that ``wrapped(under:header:)`` sealed; nil for another wrapping key or a changed header.
    init?(unwrapping wrapped: [UInt8], under wrapping: SymmetricKey, header: [UInt8]) {
        guard let box = try? ChaChaPoly.SealedBox(combined: wrapped),
            let bytes = try? ChaChaPoly.open(box, using: wrapping, authenticating: header), bytes.count == Self.size
        else { return nil }
        key = SymmetricKey(data: bytes)
    }
}
