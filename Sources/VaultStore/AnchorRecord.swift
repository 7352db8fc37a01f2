import Crypto
import Licensing

/// What the database knows of one anchor: its name, the factors it was made with, and the store's key wrapped for it.
///
/// The factors are listed as they were at the anchor's making, so that a kernel that learns to give one more locks
/// nobody out; of each a salted hash is kept, so that the one that differs can be named.
///
/// Encoded: version (1 byte) ‖ name (16) ‖ salt (16) ‖ number of factors (1) ‖ per factor its number (1) and
/// SHA-256(salt ‖ number ‖ value) (32) ‖ wrapped key (60: nonce, ciphertext, tag of ChaCha20-Poly1305). Everything
/// before the wrapped key is its associated data.
struct AnchorRecord: Equatable, Sendable {
    /// The form described above.
    static let version: UInt8 = 1
    /// Bytes of the salt.
    static let saltSize = 16
    /// Bytes of a wrapped store key.
    static let wrappedSize = 12 + StoreKey.size + 16

    /// The anchor's directory.
    let name: AnchorName
    /// Random; salts the factors' hashes and the wrapping key.
    let salt: [UInt8]
    /// The factors in the order of their numbers, each with its hash.
    let factors: [(factor: AnchorFactor, hash: [UInt8])]
    /// The store's key, sealed.
    var wrapped: [UInt8] = []

    /// The record of an anchor just made, before a key is wrapped for it.
    init(name: AnchorName, salt: [UInt8], identity: AnchorIdentity) {
        self.name = name
        self.salt = salt
        factors = identity.values.sorted { $0.key.rawValue < $1.key.rawValue }.map { factor, value in
            (factor, Self.hash(salt: salt, factor: factor, value: value))
        }
    }

    /// Why a stored record can't be read.
    enum Unreadable: Error, Equatable {
        /// Bytes that no release wrote.
        case malformed
        /// A later release's form, or a factor this one does not know.
        case tooNew
    }

    /// Reads a stored record.
    init(decoding bytes: [UInt8]) throws(Unreadable) {
        do {
            var reader = BinaryReader(bytes)
            guard try reader.integer(UInt8.self) == Self.version else { throw Unreadable.tooNew }
            guard let name = AnchorName(bytes: try reader.raw(AnchorName.size)) else { throw Unreadable.malformed }
            self.name = name
            salt = try reader.raw(Self.saltSize)
            var factors: [(factor: AnchorFactor, hash: [UInt8])] = []
            for _ in 0..<(try reader.integer(UInt8.self)) {
                guard let factor = AnchorFactor(rawValue: try reader.integer()) else { throw Unreadable.tooNew }
                guard factors.last.map({ $0.factor.rawValue < factor.rawValue }) ?? true else {
                    throw Unreadable.malformed
                }
                factors.append((factor, try reader.raw(SHA256.byteCount)))
            }
            self.factors = factors
            wrapped = try reader.raw(Self.wrappedSize)
            try reader.finish()
        } catch let unreadable as Unreadable {
            throw unreadable
        } catch {
            throw .malformed
        }
    }

    /// The record as it is stored.
    var encoded: [UInt8] { header + wrapped }

    /// Everything before the wrapped key.
    var header: [UInt8] {
        var writer = BinaryWriter()
        writer.write(Self.version)
        writer.write(raw: name.bytes)
        writer.write(raw: salt)
        writer.write(UInt8(clamping: factors.count))
        for (factor, hash) in factors {
            writer.write(factor.rawValue)
            writer.write(raw: hash)
        }
        return writer.bytes
    }

    /// The recorded factors that `identity` does not have, or has with another value.
    func differences(from identity: AnchorIdentity) -> [AnchorFactor] {
        factors.compactMap { factor, hash in
            guard let value = identity.values[factor], Self.hash(salt: salt, factor: factor, value: value) == hash
            else {
                return factor
            }
            return nil
        }
    }

    /// The key that wraps the store's key: HKDF-SHA256 over SHA-256 of the anchor's file and the recorded factors, each
    /// behind its number and length; label `alm/1/anchor`. Nil when `identity` lacks a recorded factor.
    func wrappingKey(contents: SHA256.Digest, identity: AnchorIdentity) -> SymmetricKey? {
        var material = BinaryWriter()
        material.write(raw: contents)
        for (factor, _) in factors {
            guard let value = identity.values[factor] else { return nil }
            material.write(factor.rawValue)
            material.write(short: value)
        }
        return HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: material.bytes), salt: salt, info: Array("alm/1/anchor".utf8),
            outputByteCount: 32)
    }

    private static func hash(salt: [UInt8], factor: AnchorFactor, value: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: salt + [factor.rawValue] + value))
    }

    static func == (left: Self, right: Self) -> Bool { left.encoded == right.encoded }
}
