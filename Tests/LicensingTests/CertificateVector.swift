import Licensing
import TestKit

/// A file of `Fixtures/certificates`: one certificate, who is trusted, and what has to become of it.
struct CertificateVector {
    /// What the reader has to make of the certificate.
    enum Expectation {
        /// It is read, and one of the trusted vendors has signed it.
        case accepted
        /// It is refused by this name; a malformed one with this reason.
        case refused(LicenceError.Code, reason: String? = nil)
    }

    /// The file's name, without `.txt`.
    let name: String
    /// What is right or wrong with it.
    let comment: String
    let expectation: Expectation
    let vendors: [Vendor]
    let bytes: [UInt8]
    /// The seed of the key, where the vector also pins what follows from it.
    var seed: Seed?

    /// The file: lines of `name: value`, an empty line, and the bytes in hexadecimal, 32 in a line.
    var text: String {
        var lines: [String] = []
        switch expectation {
        case .accepted: lines.append("expect: accepted")
        case .refused(let code, let reason):
            lines.append("expect: \(code.rawValue)")
            if let reason { lines.append("reason: \(reason)") }
        }
        lines.append("comment: \(comment)")
        lines += vendors.map { "vendor: \(Crockford.text($0.publicKey, characters: 52)) \($0.name)" }
        if let seed { lines.append("seed: \(seed.secret.bytes.hexadecimal)") }
        if case .accepted = expectation, let certificate = try? Certificate(bytes: bytes) {
            lines += Self.fields(of: certificate)
        }
        lines.append("")
        lines += stride(from: 0, to: bytes.count, by: 32).map { bytes[$0..<min($0 + 32, bytes.count)].hexadecimal }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What was read, as a check against a reader that reads something else.
    static func fields(of certificate: Certificate) -> [String] {
        let terms = certificate.terms
        return [
            "number: \(certificate.number)",
            "public-key: \(certificate.publicKey.bytes.hexadecimal)",
            "product: \(terms.product)",
            "version: \(terms.productVersion)",
            "type: \(terms.type.name)",
            "quantity: \(terms.quantity)",
            "issued: \(terms.issued)",
            "valid-until: \(terms.validUntil?.description ?? "no end")",
            "hash: \(certificate.hash.hexadecimal)",
        ]
    }
}
