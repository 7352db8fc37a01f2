package import Licensing
package import Vaults

/// A certificate behind its length.
extension Certificate: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let bytes = try reader.short("certificate")
        do {
            try self.init(bytes: bytes)
        } catch  where error.code == .certificateTooNew {
            throw .certificateTooNew(error.parameters[.version] ?? "")
        } catch {
            throw .malformed("a certificate that is none: \(error.parameters[.reason] ?? "")")
        }
    }

    package func write(to writer: inout BinaryWriter) { writer.write(short: bytes) }
}

/// The number of a licence: 8 bytes.
extension LicenceNumber: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        self.init(rawValue: try reader.integer("licence number"))
    }

    package func write(to writer: inout BinaryWriter) { writer.write(rawValue) }
}

/// Seconds since 1970: 8 bytes.
extension Timestamp: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        self.init(seconds: try reader.integer("time"))
    }

    package func write(to writer: inout BinaryWriter) { writer.write(seconds) }
}

/// The name of a transfer: its 6 characters.
extension TransferIdentifier: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let bytes = try reader.raw(6, "transfer's name")
        guard let text = String(validating: bytes, as: UTF8.self), let identifier = TransferIdentifier(text),
            identifier.description == text
        else { throw .malformed("a transfer's name that is none") }
        self = identifier
    }

    package func write(to writer: inout BinaryWriter) { writer.write(raw: description.utf8) }
}

/// A fingerprint: its 12 characters without hyphens.
extension Fingerprint: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let bytes = try reader.raw(12, "fingerprint")
        guard let text = String(validating: bytes, as: UTF8.self), let fingerprint = Fingerprint(text),
            Crockford.normalised(text) == text
        else { throw .malformed("a fingerprint that is none") }
        self = fingerprint
    }

    package func write(to writer: inout BinaryWriter) {
        writer.write(raw: description.utf8.filter { $0 != UInt8(ascii: "-") })
    }
}

/// A key that is held: certificate, since when.
extension HeldKey: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        self.init(certificate: try reader.value(), since: try reader.value())
    }

    package func write(to writer: inout BinaryWriter) {
        certificate.write(to: &writer)
        since.write(to: &writer)
    }
}
