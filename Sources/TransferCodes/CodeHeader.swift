/// The first ten bits of every code: kind (5 bits), version (2 bits), flags (3 bits).
///
/// The cryptography covers it (DESIGN §4), so it is also available as two bytes.
package struct CodeHeader: Sendable, Hashable {
    /// What the code is.
    package let kind: CodeKind
    /// Three bits, 0 to 7. In version 1 they are zero for every kind but the request.
    package let flags: UInt8

    /// How many bits a header has.
    static let bitCount = 10

    /// The version field of version 1, the only one there is.
    static let versionField: UInt8 = 0

    /// A header of version 1.
    ///
    /// - Throws: ``CodeError/flagsNotZero(_:flags:)`` if a kind other than the request has flags,
    ///   ``CodeError/invalidField(_:_:)`` if the flags are more than three bits.
    package init(_ kind: CodeKind, flags: UInt8 = 0) throws(CodeError) {
        guard flags < 8 else { throw .invalidField(kind, .flags) }
        guard flags == 0 || kind == .request else { throw .flagsNotZero(kind, flags: flags) }
        self.kind = kind
        self.flags = flags
    }

    /// A header without flags, which every kind may have.
    private init(withoutFlags kind: CodeKind) {
        self.kind = kind
        self.flags = 0
    }

    /// The header of a code that has no flags.
    static func plain(_ kind: CodeKind) -> CodeHeader { CodeHeader(withoutFlags: kind) }

    /// The ten bits as a number.
    package var bits: UInt16 {
        UInt16(kind.rawValue) << 5 | UInt16(Self.versionField) << 3 | UInt16(flags)
    }

    /// The ten bits right-aligned in two bytes, big-endian: what hashes and MACs take.
    package var bytes: [UInt8] {
        [UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits)]
    }
}
