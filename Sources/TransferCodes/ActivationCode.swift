/// An activation code: the key, for the one request that asked for it.
package struct ActivationCode: Sendable, Hashable {
    /// `act`: the seed under the key that only the request's target can derive. 16 bytes.
    package let maskedSeed: [UInt8]
    /// 12 bits by which the target finds the request: two bytes, the last four bits zero.
    package let tag: [UInt8]

    /// How many bits a tag has.
    package static let tagBitCount = 12

    /// - Throws: ``CodeError/invalidField(_:_:)`` if `maskedSeed` is not 16 bytes or `tag` not 12 bits.
    package init(maskedSeed: [UInt8], tag: [UInt8]) throws(CodeError) {
        guard isField(maskedSeed, bits: 128) else { throw .invalidField(.activation, .maskedSeed) }
        guard isField(tag, bits: Self.tagBitCount) else { throw .invalidField(.activation, .tag) }
        self.maskedSeed = maskedSeed
        self.tag = tag
    }

    /// The header; an activation code has no flags.
    package var header: CodeHeader { .plain(.activation) }
}
