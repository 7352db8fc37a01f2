import Licensing
import TestKit

/// Makes every vector. All of it follows from names, so each run makes the same files.
struct CertificateVectors {
    private let maker: TestVendor
    private let other: TestVendor

    init() throws {
        maker = try TestVendor()
        other = try TestVendor("Other Works")
    }

    /// The vectors, in the order of their names.
    func all() throws -> [CertificateVector] {
        try (accepted() + frames() + names() + terms() + points() + signatures()).sorted { $0.name < $1.name }
    }

    private func accepted() throws -> [CertificateVector] {
        let body = CertificateBody()
        let key = try maker.key("first")
        let single = CertificateVector(
            name: "accepted-single", comment: "a single licence without an end, with the seed of its key",
            expectation: .accepted, vendors: [maker.vendor],
            bytes: try body.with { $0.point = key.certificate.publicKey.bytes }.signed(by: maker), seed: key.seed)
        return try [
            single,
            accept(
                "accepted-floating", "a floating licence, as many as there can be",
                body.with { ($0.type, $0.quantity) = (2, .max) }),
            accept(
                "accepted-count", "a count licence that ends on the day of issue",
                body.with { ($0.type, $0.quantity, $0.validUntil) = (3, 500, $0.issued) }),
            accept(
                "accepted-shortest", "the shortest names, the first day and the lowest number",
                body.with {
                    ($0.product, $0.version, $0.issued) = ([0x50], [0x31], 0)
                    $0.number = [UInt8](repeating: 0, count: 8)
                }),
            accept(
                "accepted-longest", "the longest names, the last day and the highest number: 146 bytes",
                body.with {
                    ($0.product, $0.version) = (Array("Messgerät 2000Z".utf8), Array("10.20.30-b.4".utf8))
                    ($0.issued, $0.validUntil, $0.number) = (.max, .max, [UInt8](repeating: 0xff, count: 8))
                }),
        ]
    }

    /// What is wrong with the whole.
    private func frames() throws -> [CertificateVector] {
        let good = try CertificateBody().signed(by: maker)
        let unfilled = "its fields don't fill it exactly"
        return [
            refuse("frame-empty", "no bytes at all", [], "it is empty"),
            refuse("frame-cut-short", "the last byte is missing", good.dropLast(), unfilled),
            refuse("frame-byte-behind", "a byte stands behind the signature", good + [0], unfilled),
            refuse(
                "frame-too-long", "151 bytes", good + [UInt8](repeating: 0, count: 151 - good.count),
                "it is longer than 150 bytes"),
            refuse(
                "frame-name-past-the-end", "the name's length points behind the end",
                try CertificateBody().with { $0.productLength = 200 }.signed(by: maker), unfilled),
            CertificateVector(
                name: "frame-format-0", comment: "format 0", expectation: .refused(.certificateTooNew),
                vendors: [maker.vendor], bytes: try CertificateBody().with { $0.format = 0 }.signed(by: maker)),
            CertificateVector(
                name: "frame-format-2", comment: "format 2", expectation: .refused(.certificateTooNew),
                vendors: [maker.vendor], bytes: try CertificateBody().with { $0.format = 2 }.signed(by: maker)),
        ]
    }

    /// Names and versions that are out of their limits.
    private func names() throws -> [CertificateVector] {
        let size = "the product's name has to have 1 to 16 bytes"
        let printable = "the product's name has to be printable, without a space at either end"
        let unfilled = "its fields don't fill it exactly"
        let products: [(String, String, [UInt8], String)] = [
            ("empty", "an empty name", [], size),
            ("too-long", "17 bytes", Array("Seventeen bytes!!".utf8), size),
            ("invalid-utf8", "a byte that UTF-8 does not have", [0x52, 0xff], unfilled),
            ("overlong-utf8", "a slash in two bytes", [0x52, 0xc0, 0xaf], unfilled),
            ("surrogate", "half a surrogate pair", [0x52, 0xed, 0xa0, 0x80], unfilled),
            ("control", "an escape character", Array("Run\u{1b}[2J".utf8), printable),
            ("right-to-left", "a mark that turns the direction of text", Array("Run\u{202e}emit".utf8), printable),
            ("zero-width", "a space of no width", Array("Run\u{200b}time".utf8), printable),
            ("no-break-space", "a space that looks like a plain one", Array("Run\u{a0}time".utf8), printable),
            ("private-use", "a character without a meaning", Array("Run\u{e000}".utf8), printable),
            ("leading-space", "a space at the beginning", Array(" Runtime".utf8), printable),
            ("trailing-space", "a space at the end", Array("Runtime ".utf8), printable),
        ]
        let version = "the version has to have 1 to 12 printable ASCII characters without spaces"
        let versions: [(String, String, [UInt8])] = [
            ("empty", "an empty version", []),
            ("too-long", "13 characters", Array("1234567890.12".utf8)),
            ("space", "a space in it", Array("1 2".utf8)),
            ("not-ascii", "a letter that ASCII does not have", Array("1é".utf8)),
        ]
        return try products.map { name, comment, bytes, reason in
            refuse(
                "product-\(name)", comment, try CertificateBody().with { $0.product = bytes }.signed(by: maker), reason)
        }
            + versions.map { name, comment, bytes in
                refuse(
                    "version-\(name)", comment, try CertificateBody().with { $0.version = bytes }.signed(by: maker),
                    version)
            }
    }

    /// Terms that make no sense.
    private func terms() throws -> [CertificateVector] {
        func vector(
            _ name: String, _ comment: String, _ reason: String, _ change: (inout CertificateBody) -> Void
        ) throws -> CertificateVector {
            refuse(name, comment, try CertificateBody().with(change).signed(by: maker), reason)
        }
        return [
            try vector("type-0", "type 0", "licence type 0 is not known") { $0.type = 0 },
            try vector("type-4", "type 4", "licence type 4 is not known") { $0.type = 4 },
            try vector("quantity-0", "nothing is licensed", "the quantity has to be at least 1") {
                ($0.type, $0.quantity) = (2, 0)
            },
            try vector("quantity-single-2", "two of a single licence", "a single licence has quantity 1") {
                $0.quantity = 2
            },
            try vector(
                "validity-ends-early", "the last day is before the day of issue",
                "the validity may not end before the day of issue"
            ) { $0.validUntil = $0.issued - 1 },
        ]
    }

    /// The twelve encodings of points of low order, and points in a form they must not have.
    private func points() throws -> [CertificateVector] {
        var rows = PointEncodings.twelve.enumerated().map { index, point in
            ("point-low-order-\(index < 9 ? "0" : "")\(index + 1)", "one of the twelve encodings of low order", point)
        }
        rows.append(
            ("point-above-prime", "2^255 - 1, which stands for 18", [UInt8](repeating: 0xff, count: 31) + [0x7f]))
        let good = try maker.key("first").certificate.publicKey.bytes
        rows.append(("point-top-bit", "a good point with its top bit set", good.dropLast() + [good[31] | 0x80]))
        return try rows.map { name, comment, point in
            refuse(
                name, comment, try CertificateBody().with { $0.point = point }.signed(by: maker),
                "its public key is \(Self.isOfLowOrder(point) ? "of low order" : "not canonical")")
        }
    }

    /// The seven of the twelve that are of low order also to a reader that takes no notice of the top bit. The others are
    /// not canonical, whatever they stand for.
    private static func isOfLowOrder(_ point: [UInt8]) -> Bool {
        PointEncodings.refusedInRequests.prefix(7).contains(point)
    }

    /// Certificates that are well formed and that nobody trusted has signed.
    private func signatures() throws -> [CertificateVector] {
        let body = CertificateBody()
        let good = try body.signed(by: maker)
        func wrong(
            _ name: String, _ comment: String, _ bytes: [UInt8], _ vendors: [Vendor]? = nil,
            _ code: LicenceError.Code = .signatureWrong
        ) -> CertificateVector {
            CertificateVector(
                name: "signature-\(name)", comment: comment, expectation: .refused(code),
                vendors: vendors ?? [maker.vendor], bytes: bytes)
        }
        func flipped(_ index: Int) -> [UInt8] {
            var bytes = good
            bytes[index] ^= 1
            return bytes
        }
        let impostor = body.with { $0.vendor = maker.vendor.identifier.bytes }
        let (first, second) = (try TestVendor(CollidingVendors.first), try TestVendor(CollidingVendors.second))
        return [
            wrong("first-bit", "a bit of the signature's first half is wrong", flipped(good.count - 64)),
            wrong("second-half-bit", "a bit of the signature's second half is wrong", flipped(good.count - 32)),
            wrong("number-changed", "the number was changed after signing", flipped(5)),
            wrong("quantity-changed", "a floating licence's quantity was changed after signing", try raisedQuantity()),
            wrong(
                "without-label", "the signature is over the fields alone, without the label",
                body.bytes(of: maker) + (try maker.signed(body.bytes(of: maker), label: "").suffix(64))),
            wrong(
                "other-label", "the signature is for another use",
                try maker.signed(body.bytes(of: maker), label: "alm/1/vendor")),
            wrong("not-reduced", "the order of the group was added to the signature's second half", notReduced(good)),
            wrong(
                "other-vendor", "signed by another trusted vendor than it names", try impostor.signed(by: other),
                [maker.vendor, other.vendor]),
            wrong(
                "shared-identifier", "signed by an untrusted vendor whose identifier is that of a trusted one",
                try body.signed(by: first), [second.vendor]),
            wrong("vendor-unknown", "nobody trusted has its identifier", good, [other.vendor], .vendorUnknown),
            CertificateVector(
                name: "accepted-shared-identifier", comment: "two trusted vendors have the same identifier",
                expectation: .accepted, vendors: [first.vendor, second.vendor], bytes: try body.signed(by: second)),
        ]
    }

    private func raisedQuantity() throws -> [UInt8] {
        var bytes = try CertificateBody().with { ($0.type, $0.quantity) = (2, 5) }.signed(by: maker)
        bytes[bytes.count - 64 - 5] = 50
        return bytes
    }

    /// The same signature with S + L in the place of S: the order L of the group is
    /// 2^252 + 27742317777372353535851937790883648493 (RFC 8032, section 5.1), and section 5.1.7 has S refused that is not
    /// below it.
    private func notReduced(_ bytes: [UInt8]) -> [UInt8] {
        let order = PointEncodings.number(
            "7237005577332262213973186563042994240857116359379907606001950938285454250989")
        return bytes.dropLast(32) + (PointEncodings.add(Array(bytes.suffix(32)), order) ?? [])
    }

    private func accept(
        _ name: String, _ comment: String, _ body: CertificateBody
    ) throws -> CertificateVector {
        CertificateVector(
            name: name, comment: comment, expectation: .accepted, vendors: [maker.vendor],
            bytes: try body.signed(by: maker))
    }

    private func refuse(
        _ name: String, _ comment: String, _ bytes: [UInt8], _ reason: String
    ) -> CertificateVector {
        CertificateVector(
            name: name, comment: comment, expectation: .refused(.certificateMalformed, reason: reason),
            vendors: [maker.vendor], bytes: bytes)
    }
}
