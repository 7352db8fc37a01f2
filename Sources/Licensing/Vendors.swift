/// The vendors that a machine trusts.
package struct Vendors: Sendable {
    private let byIdentifier: [VendorIdentifier: [Vendor]]

    /// Trusts `vendors`, each of them once. A key that has several names goes by the first of them in the alphabet.
    package init(_ vendors: some Sequence<Vendor>) {
        byIdentifier = Dictionary(grouping: Set(vendors).sorted { $0.name < $1.name }, by: \.identifier)
    }

    /// Everyone trusted, by name.
    package var all: [Vendor] {
        byIdentifier.values.joined().sorted {
            ($0.name, $0.identifier.description) < ($1.name, $1.identifier.description)
        }
    }

    /// The trusted vendor that signed `certificate`.
    ///
    /// - Throws: `vendorUnknown` where nobody of that identifier is trusted, `signatureWrong` where the signature is not
    ///   theirs.
    package func verify(_ certificate: Certificate) throws(LicenceError) -> Vendor {
        let names: [LicenceError.Parameter: String?] = [
            .vendor: certificate.vendor.description, .licence: certificate.number.description,
        ]
        guard let candidates = byIdentifier[certificate.vendor] else { throw LicenceError(.vendorUnknown, names) }
        guard
            let signer = candidates.first(where: {
                $0.hasSigned(certificate.signedBytes, signature: certificate.signature)
            })
        else { throw LicenceError(.signatureWrong, names) }
        return signer
    }
}
