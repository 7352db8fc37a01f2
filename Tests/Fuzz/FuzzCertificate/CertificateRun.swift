import FuzzKit
import Licensing
import TestKit

/// One input: a certificate of a vendor that is trusted, with something changed, or any bytes at all.
struct CertificateRun {
    private let choices: Choices

    init(_ choices: Choices) {
        self.choices = choices
    }

    func play() {
        let genuine = choices.pick(Scene.all).certificate
        let bytes = choices.flag() ? choices.run(upTo: 400) : changed(genuine)
        do throws(LicenceError) {
            let certificate = try Certificate(bytes: bytes)
            require(certificate.bytes == bytes && bytes.count <= 150, "a certificate of other bytes")
            check(certificate)
            if (try? Self.vendors.verify(certificate)) != nil {
                require(Scene.all.contains { $0.certificate == bytes }, "a signature that nobody made was taken")
            }
        } catch {
            require(
                error.code == .certificateMalformed || error.code == .certificateTooNew,
                "a certificate refused as \(error.code)")
            require(error.message.unicodeScalars.allSatisfy(\.isPrintable), "an error that can't be printed")
        }
    }

    private func changed(_ certificate: [UInt8]) -> [UInt8] {
        var bytes = certificate
        repeat {
            let place = choices.below(max(1, bytes.count))
            switch choices.below(5) {
            case 0 where !bytes.isEmpty: bytes[place] = choices.byte()
            case 1 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(choices.below(8))
            case 2: bytes = Array(bytes.prefix(place))
            case 3: bytes.insert(contentsOf: choices.run(upTo: 20), at: min(place, bytes.count))
            default:
                // Format (1), vendor (4), number (8), then the point.
                if bytes.count >= 45 { bytes.replaceSubrange(13..<45, with: choices.pick(PointEncodings.twelve)) }
            }
        } while !choices.isExhausted
        return bytes
    }

    /// The limits that the article "Certificate" gives.
    private func check(_ certificate: Certificate) {
        let terms = certificate.terms
        require(
            (1...16).contains(terms.product.utf8.count) && terms.product.unicodeScalars.allSatisfy(\.isPrintable),
            "a product's name that is none")
        require(
            (1...12).contains(terms.productVersion.utf8.count)
                && terms.productVersion.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "a version that is none")
        require(terms.quantity >= 1 && (terms.type != .single || terms.quantity == 1), "a quantity that is none")
        require(terms.validUntil.map { terms.issued <= $0 } ?? true, "a validity that ends before it begins")
        require(
            !PointEncodings.refusedInRequests.contains(certificate.publicKey.bytes)
                && (certificate.publicKey.bytes.last ?? 0xFF) < 0x80, "a point that nobody may compute with")
    }

    private static let vendors = Vendors((try? TestVendor()).map { [$0.vendor] } ?? [])
}
