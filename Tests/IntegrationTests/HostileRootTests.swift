import Licensing
import Testing
import VaultStore
import Vaults

/// Root on either machine of a transfer between two stores keeps the key: a limit that SECURITY.md states, shown here to be
/// one. These tests pass because the theft succeeds.
struct HostileRootTests {
    /// Whose root steals.
    enum Side: CaseIterable, Sendable { case source, target }

    /// Root reads the seed where it rests in a store, while the daemon has it open and notices nothing, and puts it into a
    /// store of his own.
    @Test(arguments: Side.allCases) func rootOnEitherMachineKeepsTheKey(_ side: Side) async throws {
        let workshop = try await Workshop()
        let licence = workshop.licences[0]
        let source = try await workshop.machine("source", holding: [licence])
        let target = try await workshop.machine("target")

        let certificate = try #require(try OpenStore(source.state).certificates().first)
        let seed: Seed
        switch side {
        case .source:
            seed = try OpenStore(source.state).seed(of: certificate)
            try await workshop.transfer(licence, from: source, to: target)
        case .target:
            try await workshop.transfer(licence, from: source, to: target)
            seed = try OpenStore(target.state).seed(of: certificate)
        }
        let folder = "\(workshop.folder)/thief"
        do {
            let store = try SQLiteVault.open(localStoreIn: folder, machine: .ofThisMachine()) { count in
                (0..<count).map { _ in UInt8.random(in: .min ... .max) }
            }
            try store.mint(certificate, seed, on: Occasion(now: Timestamp(seconds: 1), user: 0))
        }
        let thief = try await workshop.machine("thief", state: folder)

        // The transfer went as it should, and yet there are two.
        #expect(try await source.state(of: licence) == nil)
        for machine in [target, thief] {
            #expect(try await machine.keys()[licence]?["usable"] as? Bool == true, "\(machine.name)")
            // An application that knows the vendor is convinced by its daemon.
            try await machine.almctlText(
                ["use", "DIGSI 5 Premium", "--vendor", "\(workshop.vendorFolder)/example.pub", "--", "true"])
        }
        await thief.stop()
    }
}
