import Crypto

/// A certificate of licence: what the vendor signed. It is public; a copy of it gives nothing, for the right is with
/// whoever holds the seed of which ``publicKey`` is the public half.
///
/// The layout of its bytes is specified in the article "Certificate".
package struct Certificate: Sendable, Hashable {
    /// The format that this release reads and writes.
    package static let format: UInt8 = 1
    /// The most bytes a certificate may have, so that a start code has at most 18 lines.
    package static let maximumSize = 150

    /// The bytes, signature included: what ``hash`` is taken of and what start codes carry.
    package let bytes: [UInt8]
    /// Who signed it.
    package let vendor: VendorIdentifier
    /// The number of the licence.
    package let number: LicenceNumber
    /// The public half of the licence key.
    package let publicKey: CurvePoint
    /// What the licence is for.
    package let terms: LicenceTerms

    /// SHA-256 of the bytes, *h* in the specification.
    package var hash: [UInt8] { Array(SHA256.hash(data: bytes)) }

    /// The Ed25519 signature, the last 64 bytes.
    var signature: [UInt8] { Array(bytes.suffix(Self.signatureSize)) }

    /// What the signature covers: the label and every byte before it.
    var signedBytes: [UInt8] { Self.signedBytes(of: Array(bytes.dropLast(Self.signatureSize))) }

    private static let signatureSize = 64

    private static func signedBytes(of body: [UInt8]) -> [UInt8] {
        Derivation.certificate.label + [0] + body
    }

    /// Reads a certificate from bytes that may come from anywhere. The signature is not checked here: see
    /// ``Vendors/verify(_:)``.
    ///
    /// - Throws: `certificateTooNew` for another format, `certificateMalformed` for everything else that is wrong.
    package init(bytes: [UInt8]) throws(LicenceError) {
        guard let format = bytes.first else { throw Self.malformed("it is empty") }
        guard format == Self.format else { throw LicenceError(.certificateTooNew, [.version: String(format)]) }
        guard bytes.count <= Self.maximumSize else {
            throw Self.malformed("it is longer than \(Self.maximumSize) bytes")
        }
        let fields: Fields
        do {
            fields = try Fields(reading: bytes)
        } catch {
            throw Self.malformed("its fields don't fill it exactly")
        }
        guard let type = LicenceType(rawValue: fields.type) else {
            throw Self.malformed("licence type \(fields.type) is not known")
        }
        self.bytes = bytes
        vendor = fields.vendor
        number = fields.number
        do {
            publicKey = try CurvePoint(fields.point)
        } catch {
            throw Self.malformed("its public key is \(error == .lowOrder ? "of low order" : "not canonical")")
        }
        terms = try LicenceTerms(
            product: fields.product, productVersion: fields.productVersion, type: type, quantity: fields.quantity,
            issued: CalendarDay(daysSince1970: fields.issued),
            validUntil: fields.validUntil == 0 ? nil : CalendarDay(daysSince1970: fields.validUntil))
    }

    /// Makes and signs the certificate of a new licence key.
    ///
    /// - Throws: `certificateMalformed` where the key can't sign.
    package init(
        terms: LicenceTerms, number: LicenceNumber, publicKey: CurvePoint, signedBy key: VendorSigningKey
    ) throws(LicenceError) {
        var writer = BinaryWriter()
        writer.write(Self.format)
        writer.write(raw: key.vendor.identifier.bytes)
        writer.write(number.rawValue)
        writer.write(raw: publicKey.bytes)
        writer.write(short: terms.product.utf8)
        writer.write(short: terms.productVersion.utf8)
        writer.write(terms.type.rawValue)
        writer.write(terms.quantity)
        writer.write(terms.issued.daysSince1970)
        writer.write(terms.validUntil?.daysSince1970 ?? 0)
        try self.init(bytes: writer.bytes + key.signature(over: Self.signedBytes(of: writer.bytes)))
    }

    private static func malformed(_ reason: String) -> LicenceError {
        LicenceError(.certificateMalformed, [.reason: reason])
    }

    /// The fields as they stand one after the other.
    private struct Fields {
        let vendor: VendorIdentifier
        let number: LicenceNumber
        let point: [UInt8]
        let product: String
        let productVersion: String
        let type: UInt8
        let quantity: UInt16
        let issued: UInt16
        let validUntil: UInt16

        init(reading bytes: [UInt8]) throws(BinaryReader.Malformed) {
            var reader = BinaryReader(bytes)
            _ = try reader.raw(1)
            guard let vendor = VendorIdentifier(bytes: try reader.raw(VendorIdentifier.size)) else {
                throw BinaryReader.Malformed()
            }
            self.vendor = vendor
            number = LicenceNumber(rawValue: try reader.integer())
            point = try reader.raw(32)
            product = try reader.text()
            productVersion = try reader.text()
            type = try reader.integer()
            quantity = try reader.integer()
            issued = try reader.integer()
            validUntil = try reader.integer()
            _ = try reader.raw(Certificate.signatureSize)
            try reader.finish()
        }
    }
}
