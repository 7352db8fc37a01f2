package import Licensing

/// A licence key that a vault holds, without its seed.
package struct HeldKey: Sendable, Hashable {
    /// What the vendor signed.
    package let certificate: Certificate
    /// Since when it is here.
    package let since: Timestamp

    package init(certificate: Certificate, since: Timestamp) {
        self.certificate = certificate
        self.since = since
    }

    /// The number of its licence.
    package var number: LicenceNumber { certificate.number }
}
