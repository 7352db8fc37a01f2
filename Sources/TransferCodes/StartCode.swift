/// A start code with the certificate: what the source offers.
package struct StartCode: Sendable, Hashable {
    /// The offer's 80 random bits, `s`: ten bytes.
    package let offerSecret: [UInt8]
    /// The certificate, opaque here: 1 to 150 bytes.
    package let certificate: [UInt8]

    /// How many bits `s` has.
    static let offerSecretBitCount = 80
    /// The longest certificate, in bytes: 130 bits beside it leave room for 150 in 18 lines.
    package static let maximumCertificateLength = 150
    /// How many bits the length of the certificate takes.
    static let lengthBitCount = 8

    /// - Throws: ``CodeError/invalidField(_:_:)`` if `offerSecret` is not 10 bytes or the certificate is not
    ///   1 to 150.
    package init(offerSecret: [UInt8], certificate: [UInt8]) throws(CodeError) {
        guard isField(offerSecret, bits: Self.offerSecretBitCount) else { throw .invalidField(.start, .offerSecret) }
        guard (1...Self.maximumCertificateLength).contains(certificate.count) else {
            throw .invalidField(.start, .certificate)
        }
        self.offerSecret = offerSecret
        self.certificate = certificate
    }

    /// The header; a start code has no flags.
    package var header: CodeHeader { .plain(.start) }

    /// Four bytes over everything before them.
    package var check: [UInt8] {
        StartCheck.value(header: header, offerSecret: offerSecret, subject: certificate)
    }

    /// How many lines a start code with a certificate of that many bytes has.
    package static func lineCount(certificateLength: Int) -> Int {
        let bits =
            CodeHeader.bitCount + offerSecretBitCount + lengthBitCount + certificateLength * 8 + StartCheck.bitCount
        return (bits + LineCode.dataBitCount - 1) / LineCode.dataBitCount
    }
}
