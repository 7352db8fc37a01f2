import Control
import Foundation
import Licensing
import TestKit
import Testing
import TransferCodes

/// Certificates that travel by themselves, and the short start codes that rely on them.
@Suite struct CertificateTransferTests {
    private let sample: SampleTransfer
    private let folder: TemporaryFolder
    private let daemon = FakeDaemon()
    private var certificate: Certificate { sample.key.certificate }

    init() throws {
        sample = try SampleTransfer()
        folder = try TemporaryFolder()
        let (key, number) = (sample.keyEntry(), sample.key.number.description)
        daemon.on(Calls.List.self) { _ in Calls.List.Reply(keys: [key], places: []) }
        daemon.on(Calls.Show.self) { call in
            guard number.hasPrefix(call.key) else { throw LicenceError(.noSuchKey, [.licence: call.key]) }
            return Calls.Show.Reply(key: key, transfers: [])
        }
        daemon.on(Calls.ImportCertificate.self) { call in
            Calls.ImportCertificate.Reply(
                name: "7K3MQ2", licence: number, product: "Sample Runtime", productVersion: "4.2",
                repeated: call.certificate.isEmpty)
        }
    }

    private func run(_ arguments: String..., input: [UInt8] = []) async -> CommandLineRun {
        await CommandLineRun(arguments, daemon: daemon, console: ScriptedConsole(input: input))
    }

    @Test func givesTheCertificateOfAKeyOrOfItsOwnName() async throws {
        for key in [String(sample.key.number.description.prefix(5)), certificate.name, certificate.name.lowercased()] {
            let run = await run("certificate", "export", key)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output == certificate.fileText)
        }
        #expect(await run("certificate", "export", "nothing").status == 1)
    }

    @Test func writesTheFileAndTellsPrograms() async throws {
        let path = folder.file("a.certificate")
        let object = try await run("certificate", "export", certificate.name, "--output", path, "--json").object()
        #expect(object["name"] as? String == certificate.name)
        #expect(object["certificate"] as? String == certificate.bytes.hexadecimal)
        #expect(object["output"] as? String == path)
        #expect(try folder.contents(of: "a.certificate") == certificate.fileText)
    }

    @Test func aCertificateAndAStartCodeInEachOthersPlaceAreNamed() async throws {
        let code = try folder.write(sample.start.text.utf8, to: "h.st")
        let imported = await run("certificate", "import", code)
        #expect(imported.status == 1)
        #expect(imported.errors.unwrapped.contains("is no certificate but a start code"))
        #expect(imported.errors.unwrapped.contains("almctl offline-transfer request --input \(code)"))
        let path = try folder.write(certificate.fileText.utf8, to: "h.certificate")
        let loaded = await run("offline-transfer", "request", "--input", path, "--to", "local")
        #expect(loaded.status == 1)
        #expect(loaded.errors.unwrapped.contains("is no start code but the certificate of licence"))
        #expect(loaded.errors.unwrapped.contains("almctl certificate import \(path)"))
        #expect(daemon.calls(Calls.ImportCertificate.self).isEmpty && daemon.calls(Calls.Request.self).isEmpty)
    }

    @Test func takesACertificateIn() async throws {
        let path = try folder.write(certificate.fileText.utf8, to: "a.certificate")
        let run = await run("certificate", "import", path)
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("certificate 7K3MQ2 (Sample Runtime 4.2, licence "))
        #expect(await self.run("certificate", "import", "-", input: Array(certificate.fileText.utf8)).status == 0)
        #expect(
            daemon.calls(Calls.ImportCertificate.self).map(\.certificate)
                == [certificate.bytes.hexadecimal, certificate.bytes.hexadecimal])
    }

    @Test func refusesAFileThatIsNoCertificate() async throws {
        let run = await run("certificate", "import", "-", input: Array("a letter".utf8))
        #expect(run.status == 1)
        #expect(run.errors.contains("alm certificate 1"))
        #expect(daemon.callCount == 0)
    }

    @Test func asksForTheShortFormOfAStartCode() async throws {
        let step = sample.step(sample.start)
        daemon.on(Calls.Offer.self) { _ in step }
        _ = await run("offline-transfer", "start", "7K3", "--short")
        _ = await run("offline-transfer", "start", "7K3")
        #expect(daemon.calls(Calls.Offer.self).map(\.short) == [true, false])
    }

    /// What gives the short form again says so, and what it relies on.
    @Test func givesTheShortFormAgain() async throws {
        let short = try sample.shortStart()
        let step = sample.step(short)
        daemon.on(Calls.ShowCode.self) { _ in step }
        let printed = await run("offline-transfer", "show", sample.name, "--short")
        #expect(printed.output == short.text)
        #expect(printed.errors.contains("the target has to know certificate \(certificate.name);"))
        let page = await run("offline-transfer", "show", sample.name, "--short", "--sheet").output
        #expect(page.contains("certificate \(certificate.name) at the target"))
        #expect(page.contains("almctl certificate export \(sample.key.number)"))
        let start = try folder.write(short.text.utf8, to: "old.aut")
        #expect(daemon.calls(Calls.ShowCode.self).map(\.short) == [true, true])
        // A file with another short start code may be the command's own, and is only seen afterwards not to be.
        let otherStep = sample.step(try sample.shortStart(secret: 8))
        daemon.on(Calls.ShowCode.self) { _ in otherStep }
        let refused = await run("offline-transfer", "show", sample.name, "--short", "--output", start)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("almctl offline-transfer show \(sample.name) --short --output FILE gives"))
    }

    // MARK: - Where a key is to go

    @Test func theOnlyPlaceNeedNotBeNamed() async throws {
        let step = sample.step(sample.request)
        daemon.on(Calls.Request.self) { _ in step }
        func places(_ locations: [String]) {
            daemon.on(Calls.List.self) { _ in
                Calls.List.Reply(
                    keys: [],
                    places: locations.map {
                        PlaceEntry(
                            location: $0, state: $0 == "usb:9" ? "LOCKED" : "READY", problem: nil, keys: 0, capacity: 9)
                    })
            }
        }
        let input = Array(sample.start.text.utf8)
        places(["local", "usb:9"])
        #expect(await run("offline-transfer", "request", "--input", "-", input: input).status == 0)
        #expect(daemon.calls(Calls.Request.self).map(\.to) == ["local"])
        places(["local", "usb:4711"])
        let refused = await run("offline-transfer", "request", "--input", "-", input: input)
        #expect(refused.status == 2)
        #expect(refused.errors.contains("the key could go to local, usb:4711"))
        #expect(daemon.calls(Calls.Request.self).count == 1)
    }
}
