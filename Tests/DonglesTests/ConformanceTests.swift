import Dongles
import Licensing
import TestKit
import Testing
import Vaults

/// A vault behind the protocol does what every vault does.
struct ConformanceTests {
    @Test(arguments: VaultConformance.all)
    func conforms(_ rule: VaultConformance) throws {
        try rule.check(pipedSubject)
    }

    @Test func anEmptyDongleListsNothing() throws {
        let vault = try DongleVault(DonglePipe(try Plugged(keys: 0).device))
        #expect(try vault.keys().isEmpty)
        #expect(try vault.transfers().isEmpty)
        #expect(vault.serial.description == "4711")
    }

    @Test(arguments: [1, 15, 16, 17, 32, 33, 64])
    func listsEveryKeyHoweverManyPagesTheyTake(_ count: Int) throws {
        let plugged = try Plugged(keys: count)
        let vault = try DongleVault(DonglePipe(plugged.device))
        #expect(try vault.keys() == plugged.memory.keys())
        for key in plugged.keys {
            _ = try vault.perform(.offer(key.number, anew: false), on: plugged.clock.occasion())
        }
        #expect(try vault.transfers() == plugged.memory.transfers())
        #expect(try vault.transfers().count == count)
    }

    @Test func aProofMadeInTheDongleIsTheOneThatTheApplicationExpects() throws {
        let plugged = try Plugged()
        let vault = try DongleVault(DonglePipe(plugged.device))
        let application = try #require(AgreementKey(Secret([UInt8](repeating: 7, count: 32))))
        let challenge = try ProofChallenge(
            nonce: [UInt8](1...32), point: application.point.bytes, lease: [UInt8](1...16))
        let proof = try vault.prove(plugged.key.number, challenge)
        let expected = try ProofAnswer(
            application, with: plugged.key.certificate.publicKey, certificate: plugged.key.certificate,
            nonce: challenge.nonce, lease: challenge.lease)
        #expect(proof == expected)
    }

    @Test func aVaultThatIsNoDonglesHasNoPlaceBehindACable() throws {
        let memory = MemoryVault(location: .local, random: DeterministicRandom(seed: 1).source)
        #expect(throws: LicenceError(.noSuchLocation, [.location: "local"])) { try DongleDevice(memory) }
    }
}
