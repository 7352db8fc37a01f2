/// A start code for a target that has the certificate already.
package struct ShortStartCode: Sendable, Hashable {
    /// The offer's 80 random bits, `s`: ten bytes.
    package let offerSecret: [UInt8]
    /// The first 28 bits of SHA-256 of the certificate: four bytes, the last four bits zero.
    package let certificateID: [UInt8]
    /// Four bytes; only who has the certificate can verify them.
    package let check: [UInt8]

    /// How many bits the certificate's id has.
    package static let certificateIDBitCount = 28

    /// The code for an offer of the key whose certificate has this SHA-256.
    ///
    /// - Throws: ``CodeError/invalidField(_:_:)`` if `offerSecret` is not 10 bytes or the hash is not 32.
    package init(offerSecret: [UInt8], certificateHash: [UInt8]) throws(CodeError) {
        guard certificateHash.count == 32, let id = leadingBits(Self.certificateIDBitCount, of: certificateHash) else {
            throw .invalidField(.shortStart, .certificateHash)
        }
        let check = StartCheck.value(
            header: .plain(.shortStart), offerSecret: offerSecret, subject: certificateHash)
        try self.init(offerSecret: offerSecret, certificateID: id, check: check)
    }

    /// The code as it was read, not verified.
    ///
    /// - Throws: ``CodeError/invalidField(_:_:)`` if a field has the wrong length, or bits it cannot have.
    package init(offerSecret: [UInt8], certificateID: [UInt8], check: [UInt8]) throws(CodeError) {
        guard isField(offerSecret, bits: StartCode.offerSecretBitCount) else {
            throw .invalidField(.shortStart, .offerSecret)
        }
        guard isField(certificateID, bits: Self.certificateIDBitCount) else {
            throw .invalidField(.shortStart, .certificateID)
        }
        guard isField(check, bits: StartCheck.bitCount) else { throw .invalidField(.shortStart, .check) }
        self.offerSecret = offerSecret
        self.certificateID = certificateID
        self.check = check
    }

    /// The header; a short start code has no flags.
    package var header: CodeHeader { .plain(.shortStart) }

    /// Whether this code was made for the certificate with this SHA-256 and was read rightly.
    package func verifies(certificateHash: [UInt8]) -> Bool {
        guard certificateHash.count == 32 else { return false }
        return leadingBits(Self.certificateIDBitCount, of: certificateHash) == certificateID
            && StartCheck.value(header: header, offerSecret: offerSecret, subject: certificateHash) == check
    }
}
