import Foundation
import Glibc
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

    private func found(_ certificate: Certificate) async -> Certificate? {
        await folder.certificate(hash: Array(certificate.hash.prefix(4))) { $0 == certificate }
    }

    @Test func keepsEachOnce() async throws {
        let (first, second) = (try vendor.key("a").certificate, try vendor.key("b").certificate)
        #expect(await found(first) == nil)
        #expect(try await !folder.keep(first))
        #expect(try await !folder.keep(second))
        #expect(try await folder.keep(first))
        #expect(await found(first) == first)
        #expect(await found(second) == second)
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path("state/certificates"))
        #expect(names.count == 2)
        let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path("state/certificates"))
        #expect((attributes[.posixPermissions] as? Int) == 0o700)
    }

    /// What is not the daemon's own work counts for nothing, and is not followed.
    @Test func takesNothingElseForACertificate() async throws {
        let certificate = try vendor.key("a").certificate
        _ = try await folder.keep(certificate)
        let store = scratch.path("state/certificates")
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: store).first)
        try FileManager.default.moveItem(atPath: "\(store)/\(name)", toPath: scratch.path("elsewhere"))
        try FileManager.default.createSymbolicLink(
            atPath: "\(store)/\(name)", withDestinationPath: scratch.path("elsewhere"))
        #expect(await found(certificate) == nil)
        try FileManager.default.removeItem(atPath: "\(store)/\(name)")
        try "nothing".write(toFile: "\(store)/\(name)", atomically: true, encoding: .utf8)
        #expect(await found(certificate) == nil)
        // Brought once more, it is whole again.
        #expect(try await !folder.keep(certificate))
        #expect(await found(certificate) == certificate)
    }

    /// The folder itself may be a link to another: nothing is read there, and nothing written.
    @Test func aFolderThatIsALinkIsNotFollowed() async throws {
        let certificate = try vendor.key("a").certificate
        _ = try await folder.keep(certificate)
        let store = scratch.path("state/certificates")
        try FileManager.default.moveItem(atPath: store, toPath: scratch.path("elsewhere"))
        try FileManager.default.createSymbolicLink(atPath: store, withDestinationPath: scratch.path("elsewhere"))
        #expect(await found(certificate) == nil)
        let other = try vendor.key("b").certificate
        let error = await refuses(.storeUnsafe) { try await folder.keep(other) }
        #expect(error?.parameters[.path] == store)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("elsewhere")).count == 1)
    }

    /// Whatever somebody put where a draft is written is taken away, and never opened: a pipe would hold the daemon up, a
    /// link would have it write elsewhere.
    @Test(arguments: ["pipe", "symbolic link", "hard link", "draft"])
    func whatStandsWhereADraftIsWrittenIsTakenAway(kind: String) async throws {
        let store = try scratch.makeFolder("state/certificates")
        let victim = try scratch.write("precious", to: "victim")
        let draft = "\(store)/.draft"
        switch kind {
        case "pipe": #expect(mkfifo(draft, 0o600) == 0)
        case "symbolic link": #expect(symlink(victim, draft) == 0)
        case "hard link": #expect(link(victim, draft) == 0)
        default: try scratch.write("left by a stop", to: "state/certificates/.draft")
        }
        let certificate = try vendor.key("a").certificate
        #expect(try await !folder.keep(certificate))
        #expect(await found(certificate) == certificate)
        #expect(try String(contentsOfFile: victim, encoding: .utf8) == "precious")
        #expect(try FileManager.default.contentsOfDirectory(atPath: store).count == 1)
    }

    @Test func aFolderWhereADraftIsWrittenIsNamed() async throws {
        try scratch.makeFolder("state/certificates/.draft")
        let certificate = try vendor.key("a").certificate
        await refuses(.storeUnsafe) { try await folder.keep(certificate) }
    }

    @Test func manyThatComeAtOnceAreKeptEachWhole() async throws {
        let certificates = try (0..<32).map { try vendor.key("\($0)").certificate }
        try await withThrowingTaskGroup { group in
            for certificate in certificates { group.addTask { _ = try await folder.keep(certificate) } }
            try await group.waitForAll()
        }
        for certificate in certificates { #expect(await found(certificate) == certificate) }
    }

    @Test func saysWhereItCannotKeepOne() async throws {
        let broken = CertificateFolder(state: scratch.path("not/there"))
        let certificate = try vendor.key("a").certificate
        await refuses(.storeUnsafe) { try await broken.keep(certificate) }
        #expect(await broken.certificate(hash: certificate.hash) { _ in true } == nil)
    }
}
