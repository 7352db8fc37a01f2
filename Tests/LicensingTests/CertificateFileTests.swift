import Licensing
import TestKit
import Testing

/// The file in which a certificate travels.
@Suite struct CertificateFileTests {
    private let certificate: Certificate

    init() throws { certificate = try TestVendor().key("a").certificate }

    @Test func comesBackAsItWas() throws {
        #expect(try Certificate(fileText: certificate.fileText) == certificate)
        #expect(certificate.fileText.utf8.allSatisfy { $0 < 0x80 })
        #expect(certificate.fileText.contains("\nname: \(certificate.name)\nlicence: \(certificate.number)\n"))
    }

    @Test func comesBackFromAMail() throws {
        let mail =
            "Hello,\r\nhere it is:\r\n\r\n"
            + certificate.fileText.split(separator: "\n").map { "> \($0)\r\n" }.joined() + "\r\nRegards\r\n"
        #expect(try Certificate(fileText: mail) == certificate)
        #expect(try Certificate(fileText: certificate.fileText.uppercasedDigits) == certificate)
    }

    @Test func refusesWhatIsNotWhole() throws {
        let text = certificate.fileText
        for broken in [
            "", "alm certificate 1\n", text.replacing("alm certificate 1", with: "alm certificate 2"),
            text.replacing("bytes:", with: ""), String(text.dropLast(2)), String(text.dropLast(3)),
            String(repeating: "x", count: Certificate.longestFile + 1),
        ] {
            #expect(throws: LicenceError.self) { try Certificate(fileText: broken) }
        }
    }

    /// The name has what a short start code has of the certificate: 28 bits, so that its last character is one of eight.
    @Test func isNamedByTheBeginningOfItsDigest() {
        #expect(certificate.name == Certificate.name(hash: Array(certificate.hash.prefix(4))))
        #expect(Certificate.name(hash: [0xFF, 0xFF, 0xFF, 0xFF]) == "ZZZZZW")
        #expect(Certificate.name(hash: [0, 0, 0, 0x10]) == "000004")
        #expect(certificate.name.count == 6)
    }
}

extension String {
    /// The text with its bytes in capital letters.
    fileprivate var uppercasedDigits: String {
        let parts = split(separator: "bytes:\n")
        return parts.count == 2 ? "\(parts[0])bytes:\n\(parts[1].uppercased())" : self
    }
}
