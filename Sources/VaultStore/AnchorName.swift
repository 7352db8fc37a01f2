import Licensing

/// The name of an anchor's directory: `anchor.` and 32 hexadecimal digits, which are its 16 random bytes.
struct AnchorName: Hashable, Sendable {
    /// How all their names begin.
    static let prefix = "anchor."
    /// Bytes.
    static let size = 16

    let bytes: [UInt8]

    /// The name made of exactly 16 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    /// The name of a new anchor.
    static func random() -> AnchorName { AnchorName(random: randomBytes(size)) }

    private init(random: [UInt8]) { bytes = random }

    /// The directory's name in the store. It is made from the bytes, so that a record can't name a path.
    var directory: String { Self.prefix + bytes.hexadecimal }
}
