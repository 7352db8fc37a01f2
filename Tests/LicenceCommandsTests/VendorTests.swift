import ArgumentParser
import Foundation
import Glibc
import LicenceCommands
import Licensing
import Testing
import VaultStore
import Vaults

@testable import VendorTools

/// `almvendor` and `almdongle create`, with real stores.
@Suite struct VendorTests {
    private let folder: TemporaryFolder
    private let home: String

    init() throws {
        // A store needs a file system that gives it a place of its own, which a container's root may not.
        folder = try TemporaryFolder(in: "/dev/shm")
        home = folder.file("vendor")
        try folder.write("correct horse\nsecond line\n".utf8, to: "passphrase")
    }

    private struct Run {
        let status: Int32
        let console: ScriptedConsole

        func object() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(console.output.utf8)) as? [String: Any])
        }

        func error() throws -> String? { try #require(object()["error"] as? [String: String])["name"] }
    }

    private func run(_ arguments: [String], console: ScriptedConsole = ScriptedConsole()) async -> Run {
        let environment = CommandEnvironment(
            console: console, variables: [:], connect: { throw LicenceError(.daemonNotRunning, [.path: $0]) },
            now: { Timestamp(seconds: 1_772_352_000) }, randomBytes: CommandEnvironment.systemRandom)
        let tool: any ParsableCommand.Type = arguments.first == "create" ? Almdongle.self : Almvendor.self
        let outcome = await SigningKeyFile.$cost.withValue(10) {
            await CommandRunner.run(tool, arguments, in: environment)
        }
        return Run(status: outcome.exitStatus, console: console)
    }

    private func initialise(_ more: String..., console: ScriptedConsole = ScriptedConsole()) async -> Run {
        await run(["init", home, "--name", "Example Automation"] + more, console: console)
    }

    private func mint(_ more: String..., console: ScriptedConsole = ScriptedConsole()) async -> Run {
        await run(
            ["mint", home, "--product", "Plant Monitor", "--product-version", "4.2", "--type", "single"] + more,
            console: console)
    }

    private func store() throws -> SQLiteVault {
        try SQLiteVault.open(
            localStoreIn: home, creation: .never, machine: .ofThisMachine(), random: CommandEnvironment.systemRandom)
    }

    private func vendor() throws -> Vendor {
        try Vendor(fileText: folder.contents(of: "vendor/vendor.pub"), path: "vendor.pub")
    }

    private func mode(_ name: String) throws -> mode_t {
        var status = stat()
        try #require(stat(folder.file(name), &status) == 0)
        return status.st_mode & 0o7777
    }

    @Test func makesAVendorAndMintsKeysThatItsPublicKeyVouchesFor() async throws {
        let made = await initialise()
        #expect(made.status == 0, "\(made.console.errors)")
        #expect(made.console.errors.hasPrefix("warning: \(home).signing-key is in clear"))
        #expect(try mode("vendor") == 0o700)
        #expect(try mode("vendor.signing-key") == 0o600)

        let minted = await mint("--valid-until", "2027-01-31", "--json")
        #expect(minted.status == 0, "\(minted.console.errors)")
        let counted = await run(
            ["mint", home, "--product", "Tags", "--product-version", "1", "--type", "count", "--quantity", "500"])
        #expect(counted.status == 0)

        let vendors = Vendors([try vendor()])
        let keys = try store().keys()
        for key in keys { #expect(try vendors.verify(key.certificate).name == "Example Automation") }
        let object = try minted.object()
        let key = try #require(keys.first { $0.certificate.terms.product == "Plant Monitor" })
        #expect(object["licence"] as? String == key.number.description)
        #expect(object["validUntil"] as? String == "2027-01-31")
        #expect(key.certificate.terms.issued.description == "2026-03-01")
        let count = try #require(keys.first { $0.certificate.terms.product == "Tags" })
        #expect(counted.console.output == "\(count.number)\n")
        #expect(count.certificate.terms.quantity == 500)
        #expect(try store().history().map(\.event) == [.minted, .minted])
    }

    @Test func mintsTheSeedThatTheCertificateIsFor() async throws {
        #expect(await initialise().status == 0)
        #expect(await mint().status == 0)
        let (vault, own) = (try store(), try #require(AgreementKey(Secret([UInt8](1...32)))))
        let key = try #require(try vault.keys().first)
        let challenge = try ProofChallenge(
            nonce: [UInt8](repeating: 1, count: 32), point: own.point.bytes, lease: [UInt8](repeating: 2, count: 16))
        let answer = try vault.prove(key.number, challenge)
        #expect(
            try answer
                == ProofAnswer(
                    own, with: key.certificate.publicKey, certificate: key.certificate, nonce: challenge.nonce,
                    lease: challenge.lease))
    }

    @Test func keepsTheSigningKeyUnderAPassphraseFromAFile() async throws {
        let passphrase = folder.file("passphrase")
        let made = await initialise("--passphrase-file", passphrase, "--json")
        #expect(made.status == 0)
        #expect(made.console.errors.isEmpty)
        #expect(try made.object()["isProtected"] as? Bool == true)
        #expect(await mint("--passphrase-file", passphrase).status == 0)

        try folder.write("another\n".utf8, to: "another")
        #expect(try await mint("--passphrase-file", folder.file("another"), "--json").error() == "passphraseWrong")
        #expect(try await mint("--json").error() == "passphraseRefused")
        try folder.write("\ncorrect horse\n".utf8, to: "empty")
        #expect(try await mint("--passphrase-file", folder.file("empty"), "--json").error() == "passphraseRefused")
        #expect(try store().keys().count == 1)
    }

    @Test func asksForAPassphraseTwice() async throws {
        let typed = ["", "correct horse", "corect horse", "correct horse", "correct horse"]
        let made = await initialise(console: ScriptedConsole(lines: [], secrets: typed))
        #expect(made.status == 0, "\(made.console.errors)")
        #expect(made.console.errors.contains("an empty passphrase protects nothing\n"))
        #expect(made.console.errors.contains("the two differ\n"))
        #expect(await mint("--passphrase-file", folder.file("passphrase")).status == 0)
        #expect(await mint(console: ScriptedConsole(lines: [], secrets: ["correct horse"])).status == 0)
        #expect(await mint(console: ScriptedConsole(lines: [], secrets: ["wrong"])).status == 1)
    }

    @Test func makesNothingWithoutAPassphraseWhereSomebodyCouldTypeOne() async throws {
        for typed in [[], ["one"], ["1", "2", "3", "4", "5", "6"]] {
            let run = await initialise(console: ScriptedConsole(lines: [], secrets: typed))
            #expect(run.status == 1)
            #expect(try folder.names() == ["passphrase"])
        }
    }

    @Test func saysThatADaemonHasTheStoreOpen() async throws {
        #expect(await initialise().status == 0)
        let open = try store()
        let refused = await mint("--json")
        #expect(refused.status == 1)
        let error = try #require(try refused.object()["error"] as? [String: String])
        #expect(error["name"] == "storeInUse")
        #expect(error["pid"] == String(getpid()))
        #expect(try open.keys().isEmpty)
    }

    @Test func makesNoVendorOverAnother() async throws {
        #expect(await initialise().status == 0)
        let before = try folder.contents(of: "vendor/vendor.pub")
        #expect(try await initialise("--json").error() == "storeExists")
        #expect(try folder.contents(of: "vendor/vendor.pub") == before)
    }

    @Test func makesNoVendorOutOfAMachinesStore() async throws {
        _ = try SQLiteVault.open(localStoreIn: home, machine: .ofThisMachine(), random: CommandEnvironment.systemRandom)
        #expect(try await initialise("--json").error() == "storeExists")
        #expect(try folder.names() == ["passphrase", "vendor"])
    }

    /// After each step of `init`, the same command makes the rest.
    @Test func finishesWhatWasCutOff() async throws {
        let passphrase = folder.file("passphrase")
        #expect(await initialise("--passphrase-file", passphrase).status == 0)
        let made = try vendor()
        try FileManager.default.removeItem(atPath: "\(home)/vendor.pub")
        #expect(await initialise("--passphrase-file", passphrase).status == 0)
        #expect(try vendor() == made)
        try FileManager.default.removeItem(atPath: home)
        #expect(
            try await run(["init", home, "--name", "Other", "--passphrase-file", passphrase, "--json"]).error()
                == "signingKeyRefused")
        #expect(await initialise("--passphrase-file", passphrase).status == 0)
        #expect(try vendor() == made)
        #expect(await mint("--passphrase-file", passphrase).status == 0)
    }

    @Test func usesNoSigningKeyThatOthersCouldHaveReadOrPlaced() async throws {
        #expect(await initialise().status == 0)
        let path = "\(home).signing-key"
        func error() async throws -> String? { try await mint("--json").error() }
        for mode: mode_t in [0o640, 0o604, 0o620] {
            #expect(chmod(path, mode) == 0)
            #expect(try await error() == "signingKeyRefused")
        }
        #expect(chmod(path, 0o600) == 0)
        #expect(await mint().status == 0)
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).aside")
        #expect(try await error() == "signingKeyRefused")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(path).aside")
        #expect(try await error() == "signingKeyRefused")
        try FileManager.default.removeItem(atPath: path)
        #expect(mkfifo(path, 0o600) == 0)
        #expect(try await error() == "signingKeyRefused")
        #expect(try store().keys().count == 1)
    }

    @Test func mintsNothingWithADamagedSigningKey() async throws {
        #expect(await initialise().status == 0)
        let path = "\(home).signing-key"
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        bytes[bytes.count - 20] ^= 1
        try folder.write(bytes, to: "vendor.signing-key")
        #expect(try await mint("--json").error() == "signingKeyRefused")
        #expect(try store().keys().isEmpty)
    }

    @Test func mintsNothingIntoAStoreThatIsNotThere() async throws {
        let run = await mint("--json")
        #expect(run.status == 1)
        #expect(try run.error() == "storeMissing")
        #expect(try folder.names() == ["passphrase"])
    }

    @Test(arguments: [
        ["--type", "many"], ["--quantity", "0"], ["--quantity", "2"], ["--quantity", "-1"], ["--quantity", "70000"],
        ["--valid-until", "tomorrow"], ["--valid-until", "2026-02-29"], ["--valid-until", "2026-02-28"],
        ["--product", "a name of more than 16 bytes"], ["--product", ""], ["--product-version", "with space"],
    ])
    func refusesTermsOutOfTheirLimits(terms: [String]) async throws {
        #expect(await initialise().status == 0)
        let arguments = ["mint", home, "--product", "P", "--product-version", "1", "--type", "single"]
        let kept = stride(from: 2, to: arguments.count, by: 2).filter { arguments[$0] != terms[0] }
            .flatMap { arguments[$0...$0 + 1] }
        let run = await run(["mint", home] + kept + terms)
        #expect(run.status == 2)
        #expect(run.console.errors.hasPrefix("error: "))
        #expect(try store().keys().isEmpty)
    }

    @Test(arguments: ["", ".", "..", "/", "a/..", "//"])
    func refusesADirectoryWithoutAName(name: String) async {
        #expect(await run(["init", name, "--name", "N"]).status == 2)
    }

    @Test(arguments: ["", " x", String(repeating: "x", count: 65), "a\nb"])
    func refusesANameThatIsNone(name: String) async throws {
        #expect(await run(["init", home, "--name", name]).status == 2)
        #expect(try folder.names() == ["passphrase"])
    }

    @Test func takesADirectoryWithASlashBehindIt() async throws {
        #expect(await run(["init", home + "//", "--name", "N"]).status == 0)
        #expect(try folder.names() == ["passphrase", "vendor", "vendor.signing-key"])
    }

    @Test func printsNoSecret() async throws {
        let made = await initialise("--passphrase-file", folder.file("passphrase"), "--json")
        let minted = await mint("--passphrase-file", folder.file("passphrase"), "--json")
        let said = [made, minted].map { $0.console.output + $0.console.errors }.joined()
        #expect(!said.contains("correct horse"))
        #expect(try Set(minted.object().keys) == ["licence", "product", "productVersion", "quantity", "type"])
        #expect(try Set(made.object().keys) == ["vendor", "name", "publicKey", "signingKey", "isProtected"])
    }

    @Test func makesADongle() async throws {
        let path = folder.file("4711.dongle")
        let made = await run(["create", path, "--serial", "4711", "--keys", "3", "--records", "5", "--json"])
        #expect(made.status == 0, "\(made.console.errors)")
        #expect(try made.object()["serial"] as? String == "4711")
        let vault = try SQLiteVault.open(
            dongleIn: path, machine: .ofThisMachine(), random: CommandEnvironment.systemRandom)
        #expect(try vault.status().location == Location("usb:4711"))
        #expect(try vault.status().capacity == VaultCapacity(keys: 3, records: 5))
        #expect(try await run(["create", path, "--serial", "4711", "--json"]).error() == "storeInUse")
    }

    @Test(arguments: [
        ["--serial", ""], ["--serial", "a b"], ["--serial", "1", "--keys", "0"], ["--serial", "1", "--records", "0"],
        [],
    ])
    func makesNoDongleThatCouldNotBe(arguments: [String]) async throws {
        #expect(await run(["create", folder.file("d")] + arguments).status == 2)
        #expect(try folder.names() == ["passphrase"])
    }
}
