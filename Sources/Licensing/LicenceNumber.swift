/// The number of a licence: 64 random bits, drawn by the vendor, shown as 13 characters of Crockford Base32 in groups,
/// `7K3MQ-2V9DX-0HJ`.
package struct LicenceNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number itself.
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Reads the whole number as ``description`` prints it, in either case and with or without hyphens.
    package init?(_ text: String) {
        guard let characters = Crockford.normalised(text), characters.utf8.count == Self.characters else { return nil }
        var bits: UInt64 = 0
        for (index, character) in characters.utf8.enumerated() {
            guard let value = Crockford.value(of: character) else { return nil }
            let isLast = index == Self.characters - 1
            // 13 characters carry 65 bits: the last one's lowest bit is always zero.
            guard !isLast || value & 1 == 0 else { return nil }
            bits = isLast ? bits << 4 | UInt64(value >> 1) : bits << 5 | UInt64(value)
        }
        self.init(rawValue: bits)
    }

    /// The number as people write it.
    package var description: String { Crockford.grouped(plain, by: 5) }

    /// Whether the number begins with what `text` says, hyphens and case aside. Empty text begins nothing.
    package func begins(with text: String) -> Bool {
        guard let beginning = Crockford.normalised(text), !beginning.isEmpty else { return false }
        return plain.hasPrefix(beginning)
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    private var plain: String {
        var writer = BinaryWriter()
        writer.write(rawValue)
        return Crockford.text(writer.bytes, characters: Self.characters)
    }

    private static let characters = 13
}
