package import Licensing

/// 12 characters over certificate, start secret and request point, shown at the target with the request and at the
/// source before the key leaves. Read over the phone, they show whether the request was swapped on its way.
package struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
    /// `7K3M-Q2V9-DX0H`.
    package let description: String

    package init(certificate: Certificate, offerSecret: [UInt8], point: CurvePoint) {
        let digest = Derivation.fingerprint.digest(certificate.hash, offerSecret, point.bytes)
        description = Crockford.grouped(Crockford.text(digest, characters: 12), by: 4)
    }

    /// Reads a fingerprint as people type it; nil for anything that is none.
    package init?(_ text: String) {
        guard let characters = Crockford.normalised(text), characters.utf8.count == 12 else { return nil }
        description = Crockford.grouped(characters, by: 4)
    }
}
