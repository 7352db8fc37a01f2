import Licensing

/// What this machine asks of a certificate before it takes the key in, and while it is used.
struct TargetPolicy: Sendable {
    let vendors: Vendors
    let today: Timestamp

    /// The vendor of a certificate that may be used here today.
    ///
    /// - Throws: `vendorUnknown`, `signatureWrong`, `licenceExpired`.
    @discardableResult
    func check(_ certificate: Certificate) throws(LicenceError) -> Vendor {
        let vendor = try vendors.verify(certificate)
        if let day = today.day, !certificate.terms.isValid(on: day) {
            throw LicenceError(
                .licenceExpired,
                [.licence: certificate.number.description, .until: certificate.terms.validUntil?.description])
        }
        return vendor
    }

    /// The vendor of a certificate, or why it may not be used here today.
    func vendor(of certificate: Certificate) -> Result<Vendor, LicenceError> {
        Result { () throws(LicenceError) in try check(certificate) }
    }
}
