/// A receipt code: the key arrived at the target.
package struct ReceiptCode: Sendable, Hashable {
    /// `rcpt`, 65 bits: nine bytes, the last seven bits zero.
    package let receipt: [UInt8]

    /// How many bits a receipt has.
    package static let receiptBitCount = 65

    /// - Throws: ``CodeError/invalidField(_:_:)`` if `receipt` is not 65 bits.
    package init(receipt: [UInt8]) throws(CodeError) {
        guard isField(receipt, bits: Self.receiptBitCount) else { throw .invalidField(.receipt, .receipt) }
        self.receipt = receipt
    }

    /// The header; a receipt code has no flags.
    package var header: CodeHeader { .plain(.receipt) }
}
