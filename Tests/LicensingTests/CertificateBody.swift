import Crypto
import Licensing
import TestKit

/// The fields of a certificate as bytes, each of which may be anything: built after the specification, by hand.
struct CertificateBody {
    var format: UInt8 = 1
    /// Nil: that of whoever signs.
    var vendor: [UInt8]?
    var number: [UInt8] = [0x91, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88]
    var point: [UInt8] = [9] + [UInt8](repeating: 0, count: 31)
    var product: [UInt8] = Array("Sample Runtime".utf8)
    /// Nil: the size that the product has.
    var productLength: UInt8?
    var version: [UInt8] = Array("4.2".utf8)
    var type: UInt8 = 1
    var quantity: UInt16 = 1
    var issued: UInt16 = 20_468
    var validUntil: UInt16 = 0

    func with(_ change: (inout CertificateBody) -> Void) -> CertificateBody {
        var changed = self
        change(&changed)
        return changed
    }

    /// Everything before the signature.
    func bytes(of maker: TestVendor) -> [UInt8] {
        var bytes = [format] + (vendor ?? maker.vendor.identifier.bytes) + number + point
        bytes += [productLength ?? UInt8(truncatingIfNeeded: product.count)] + product
        bytes += [UInt8(truncatingIfNeeded: version.count)] + version + [type]
        for value in [quantity, issued, validUntil] {
            bytes += [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
        }
        return bytes
    }

    /// The whole certificate.
    func signed(by maker: TestVendor) throws -> [UInt8] {
        try maker.signed(bytes(of: maker))
    }
}

extension Certificate {
    /// SHA-256 of bytes.
    static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}
