package import Crypto

/// Bytes that whoever holds them may use: a seed, a request's secret, a return key.
///
/// They are kept in memory that swift-crypto overwrites when the last copy goes, compare in constant time, and never
/// print: a description shows only how many there are.
package struct Secret: Sendable, Equatable, CustomStringConvertible {
    private let storage: SymmetricKey

    package init(_ bytes: some Collection<UInt8>) {
        storage = SymmetricKey(data: Array(bytes))
    }

    /// The number of bytes.
    package var count: Int { storage.bitCount / 8 }

    /// The bytes themselves, for a computation; the copy is the caller's to drop at once.
    package var bytes: [UInt8] { storage.withUnsafeBytes { Array($0) } }

    /// The bytes as a key for swift-crypto.
    package var symmetricKey: SymmetricKey { storage }

    /// Each byte of this secret XORed with the byte of `other` at its place; nil where they differ in length.
    package func combined(with other: some Collection<UInt8>) -> [UInt8]? {
        guard other.count == count else { return nil }
        return zip(bytes, other).map { $0 ^ $1 }
    }

    package var description: String { "<\(count) secret bytes>" }
}

extension Secret: CustomDebugStringConvertible, CustomReflectable {
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
