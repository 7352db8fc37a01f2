import Foundation
import Licensing
import TestKit
import Testing

@testable import LicenceDaemon

/// The certificates that were brought here.
@Suite struct CertificateFolderTests {
    private let scratch: Scratch
    private let folder: CertificateFolder
    private let vendor: TestVendor

    init() throws {
        scratch = try Scratch()
        folder = CertificateFolder(state: try scratch.makeFolder("state"))
        vendor = try TestVendor()
    }

    private func found(_ certificate: Certificate) -> Certificate? {
        folder.certificate(hash: Array(certificate.hash.prefix(4))) { $0 == certificate }
    }

    @Test func keepsEachOnce() throws {
        let (first, second) = (try vendor.key("a").certificate, try vendor.key("b").certificate)
        #expect(found(first) == nil)
        #expect(try !folder.keep(first))
        #expect(try !folder.keep(second))
        #expect(try folder.keep(first))
        #expect(found(first) == first)
        #expect(found(second) == second)
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path("state/certificates"))
        #expect(names.count == 2)
        let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path("state/certificates"))
        #expect((attributes[.posixPermissions] as? Int) == 0o700)
    }

    /// What is not the daemon's own work counts for nothing, and is not followed.
    @Test func takesNothingElseForACertificate() throws {
        let certificate = try vendor.key("a").certificate
        _ = try folder.keep(certificate)
        let store = scratch.path("state/certificates")
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: store).first)
        try FileManager.default.moveItem(atPath: "\(store)/\(name)", toPath: scratch.path("elsewhere"))
        try FileManager.default.createSymbolicLink(
            atPath: "\(store)/\(name)", withDestinationPath: scratch.path("elsewhere"))
        #expect(found(certificate) == nil)
        try FileManager.default.removeItem(atPath: "\(store)/\(name)")
        try "nothing".write(toFile: "\(store)/\(name)", atomically: true, encoding: .utf8)
        #expect(found(certificate) == nil)
        // Brought once more, it is whole again.
        #expect(try !folder.keep(certificate))
        #expect(found(certificate) == certificate)
    }

    @Test func saysWhereItCannotKeepOne() throws {
        let broken = CertificateFolder(state: scratch.path("not/there"))
        let certificate = try vendor.key("a").certificate
        #expect(throws: LicenceError.self) { try broken.keep(certificate) }
        #expect(broken.certificate(hash: certificate.hash) { _ in true } == nil)
    }
}
