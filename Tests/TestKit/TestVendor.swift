import Crypto
package import Licensing
import Testing

/// A vendor for tests: its key and every licence key it makes follow from names, so that they are the same in each run.
package struct TestVendor: Sendable {
    /// What it signs with.
    package let signingKey: VendorSigningKey
    private let secret: [UInt8]

    /// The vendor of that name.
    package init(_ name: String = "Sample Works") throws {
        secret = Self.digest("vendor", name)
        signingKey = try #require(VendorSigningKey(name: name, secret: Secret(secret)))
    }

    /// `body` with a signature behind it as the specification wants it, whatever the body is: how certificates are made
    /// that no honest program makes.
    package func signed(_ body: [UInt8], label: String = "alm/1/certificate") throws -> [UInt8] {
        let key = try Curve25519.Signing.PrivateKey(rawRepresentation: secret)
        return body + (try key.signature(for: Array(label.utf8) + [0] + body))
    }

    /// What machines know it by.
    package var vendor: Vendor { signingKey.vendor }

    /// A licence key that follows from `name`, within the limits of ``TestTerms``.
    package func key(_ name: String, _ terms: TestTerms = TestTerms()) throws -> TestKey {
        let seed = try #require(Seed(Self.digest("seed", name).prefix(Seed.size)))
        let number = terms.number ?? Self.digest("number", name).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        let certificate = try Certificate(
            terms: try terms.licenceTerms, number: LicenceNumber(rawValue: number),
            publicKey: seed.agreementKey.point, signedBy: signingKey)
        return TestKey(certificate: certificate, seed: seed)
    }

    private static func digest(_ use: String, _ name: String) -> [UInt8] {
        Array(SHA256.hash(data: Array("alm test \(use) \(name)".utf8)))
    }
}

/// A licence key with its seed, which only tests ever have in one hand.
package struct TestKey: Sendable {
    /// What the vendor signed.
    package let certificate: Certificate
    /// The secret itself.
    package let seed: Seed

    /// The number of its licence.
    package var number: LicenceNumber { certificate.number }
}

/// The terms of a test's licence; what a test does not say is as here.
package struct TestTerms: Sendable {
    /// The name of the product.
    package var product = "Sample Runtime"
    /// The version of the product.
    package var productVersion = "4.2"
    /// Who may use it.
    package var type = LicenceType.single
    /// How many.
    package var quantity: UInt16 = 1
    /// The day of issue.
    package var issued = "2026-01-15"
    /// The last day; nil: no end.
    package var validUntil: String?
    /// The licence number; nil: one that follows from the key's name.
    package var number: UInt64?

    package init() {}

    /// The same terms, changed by `change`.
    package func with(_ change: (inout TestTerms) -> Void) -> TestTerms {
        var changed = self
        change(&changed)
        return changed
    }

    /// The terms as a certificate has them.
    ///
    /// - Throws: `certificateMalformed` where they are out of the limits.
    package var licenceTerms: LicenceTerms {
        get throws {
            try LicenceTerms(
                product: product, productVersion: productVersion, type: type, quantity: quantity,
                issued: try #require(CalendarDay(issued)),
                validUntil: try validUntil.map { day in try #require(CalendarDay(day)) })
        }
    }
}
