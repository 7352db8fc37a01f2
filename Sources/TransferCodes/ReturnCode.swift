/// A return code: the target's proof that it declined and never will activate.
package struct ReturnCode: Sendable, Hashable {
    /// `K_ret`, which opens the source's escrow. 16 bytes, secret until the decline is durable.
    package let returnKey: [UInt8]
    /// 12 bits by which the source finds the release: two bytes, the last four bits zero.
    package let tag: [UInt8]

    /// - Throws: ``CodeError/invalidField(_:_:)`` if `returnKey` is not 16 bytes or `tag` not 12 bits.
    package init(returnKey: [UInt8], tag: [UInt8]) throws(CodeError) {
        guard isField(returnKey, bits: 128) else { throw .invalidField(.returning, .returnKey) }
        guard isField(tag, bits: ActivationCode.tagBitCount) else { throw .invalidField(.returning, .tag) }
        self.returnKey = returnKey
        self.tag = tag
    }

    /// The header; a return code has no flags.
    package var header: CodeHeader { .plain(.returning) }
}
