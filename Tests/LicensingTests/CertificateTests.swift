import Licensing
import TestKit
import Testing

@Suite struct CertificateTests {
    private let vendor: TestVendor
    private let vendors: Vendors
    private let certificate: Certificate

    init() throws {
        vendor = try TestVendor()
        vendors = Vendors([vendor.vendor])
        certificate = try vendor.key("first").certificate
    }

    @Test func readingGivesBackWhatWasSigned() throws {
        let terms = TestTerms().with {
            $0.product = "Anlage Süd 3"
            $0.type = .floating
            $0.quantity = 65_535
            $0.validUntil = "2149-06-06"
        }
        let key = try vendor.key("limits", terms)
        let read = try Certificate(bytes: key.certificate.bytes)
        #expect(read == key.certificate)
        #expect(read.terms == (try terms.licenceTerms))
        #expect(read.number == key.number)
        #expect(read.publicKey == key.seed.agreementKey.point)
        #expect(read.vendor == vendor.vendor.identifier)
        #expect(try vendors.verify(read) == vendor.vendor)
        #expect(read.hash == Certificate.sha256(read.bytes))
    }

    @Test func refusesEveryFlippedBit() throws {
        for bit in 0..<certificate.bytes.count * 8 {
            var bytes = certificate.bytes
            bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            #expect(throws: LicenceError.self, "bit \(bit)") { try vendors.verify(try Certificate(bytes: bytes)) }
        }
        print("shown: \(certificate.bytes.count * 8) bits")
    }

    @Test func refusesEveryTruncation() {
        for length in 0..<certificate.bytes.count {
            let error = #expect(throws: LicenceError.self) {
                try Certificate(bytes: Array(certificate.bytes.prefix(length)))
            }
            #expect(error?.code == .certificateMalformed, "\(length) bytes")
        }
        print("shown: \(certificate.bytes.count) lengths")
    }

    @Test func refusesBytesBehindTheEnd() {
        for count in [1, 2, 40, 100, 10_000] {
            let error = #expect(throws: LicenceError.self) {
                try Certificate(bytes: certificate.bytes + [UInt8](repeating: 0, count: count))
            }
            #expect(error?.code == .certificateMalformed)
        }
    }

    @Test func refusesEveryOtherFormatByName() {
        for format in (0...255 as ClosedRange<UInt8>) where format != Certificate.format {
            let error = #expect(throws: LicenceError.self) {
                try Certificate(bytes: [format] + certificate.bytes.dropFirst())
            }
            #expect(error?.code == .certificateTooNew)
            #expect(error?.parameters[.version] == String(format))
        }
        print("shown: 255 formats")
    }

    @Test func neverTrapsOnWhateverBytes() {
        let random = DeterministicRandom(seed: 11)
        for _ in 0..<5000 {
            var bytes = random.bytes(Int(random.next() % 160))
            if !bytes.isEmpty { bytes[0] = Certificate.format }
            // Every length byte in turn points anywhere, the end included.
            _ = try? Certificate(bytes: bytes)
        }
        for index in 0..<certificate.bytes.count {
            for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
                var bytes = certificate.bytes
                bytes[index] = value
                _ = try? Certificate(bytes: bytes)
            }
        }
    }

    @Test func refusesTheTwelveEncodingsAndEveryNonCanonicalPoint() throws {
        var refused = PointEncodings.twelve + PointEncodings.aboveThePrime
        refused += refused.filter { $0[31] < 0x80 }.map { $0.dropLast() + [$0[31] | 0x80] }
        refused.append(certificate.publicKey.bytes.dropLast() + [certificate.publicKey.bytes[31] | 0x80])
        for point in refused {
            let body = CertificateBody().with { $0.point = point }
            let error = #expect(throws: LicenceError.self) { try Certificate(bytes: try body.signed(by: vendor)) }
            #expect(error?.code == .certificateMalformed)
            #expect(error?.message.contains("public key") == true)
        }
    }

    @Test func trustsNobodyItDoesNotKnow() throws {
        let other = try TestVendor("Other Works")
        let error = #expect(throws: LicenceError.self) { try Vendors([other.vendor]).verify(certificate) }
        #expect(error?.code == .vendorUnknown)
        #expect(error?.parameters[.vendor] == vendor.vendor.identifier.description)
        #expect(throws: LicenceError.self) { try Vendors([]).verify(certificate) }
    }

    @Test func refusesTheSignatureOfAnotherTrustedVendor() throws {
        let other = try TestVendor("Other Works")
        let body = CertificateBody().with { $0.vendor = vendor.vendor.identifier.bytes }
        let forged = try Certificate(bytes: try body.signed(by: other))
        let error = #expect(throws: LicenceError.self) {
            try Vendors([vendor.vendor, other.vendor]).verify(forged)
        }
        #expect(error?.code == .signatureWrong)
        print("shown: another vendor's signature")
    }

    @Test func tellsTwoVendorsApartThatShareAnIdentifier() throws {
        let (first, second) = (try TestVendor(CollidingVendors.first), try TestVendor(CollidingVendors.second))
        #expect(first.vendor.identifier == second.vendor.identifier)
        #expect(first.vendor.publicKey != second.vendor.publicKey)
        let both = Vendors([first.vendor, second.vendor])
        for maker in [first, second] {
            #expect(try both.verify(try maker.key("key").certificate) == maker.vendor)
        }
        let error = #expect(throws: LicenceError.self) {
            try Vendors([second.vendor]).verify(try first.key("key").certificate)
        }
        #expect(error?.code == .signatureWrong)
    }

    @Test func aKeyTrustedUnderSeveralNamesHasTheFirstOfThem() throws {
        let names = ["Zinnober", "Works", "Other", "Anlagen", "Middle", "Nord", "Sued", "Last"]
        let aliases = names.compactMap { Vendor(name: $0, publicKey: vendor.vendor.publicKey) }
        #expect(try Vendors(aliases).verify(certificate).name == "Anlagen")
        #expect(try Vendors(aliases.reversed()).verify(certificate).name == "Anlagen")
        #expect(Vendors(aliases + aliases).all.map(\.name) == names.sorted())
    }
}
