import Foundation
import Licensing
import TestKit
import Testing
import Vaults

/// The law of conservation under random transfers. `ALM_SIMULATION_STEPS` asks for more steps than a quick run, and
/// `ALM_SIMULATION_SEED` for another run, or for one again.
@Suite struct TransferSimulationTests {
    @Test func everyKeyIsInOnePlaceWhateverIsLoadedWhere() throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["ALM_SIMULATION_SEED"].flatMap(UInt64.init) ?? 20_260_301
        let steps = environment["ALM_SIMULATION_STEPS"].flatMap(Int.init) ?? 30_000
        let report = try TransferSimulation(seed: seed, Self.memory).run(steps: steps)
        print("simulation of transfers in memory, seed \(seed): \(report)")

        // A run in which some step never succeeded, or some refusal never happened, shows nothing about it.
        for step in [
            "offer", "offer-anew", "request", "release", "activate", "settle", "decline", "reclaim", "cancel",
        ] {
            #expect(report.changes[step, default: 0] > 0, "no \(step) in this run")
        }
        for refusal in [
            LicenceError.Code.releasedToAnother, .requestForOlderStartCode, .requestDeclined, .keyTakenBack,
            .transferClosed, .activationForAnotherRequest, .nothingToTakeBack, .vaultFull, .recordsFull,
        ] {
            #expect(report.refusals[refusal, default: 0] > 0, "no \(refusal.rawValue) in this run")
        }
        #expect(report.rescued > 0)
    }

    @Test func theSameSeedIsTheSameRun() throws {
        let first = try TransferSimulation(seed: 7, Self.memory).run(steps: 1000)
        let second = try TransferSimulation(seed: 7, Self.memory).run(steps: 1000)
        let third = try TransferSimulation(seed: 8, Self.memory).run(steps: 1000)
        #expect(first.description == second.description)
        #expect(first.description != third.description)
    }

    /// The simulation sees what it is there to see: a vault that loses a record it still needs, or keeps a key it gave up.
    @Test(arguments: FaultyVault.Fault.allCases)
    func aFaultyVaultIsFoundOut(_ fault: FaultyVault.Fault) {
        let found = #expect(throws: TransferSimulation.Violation.self) {
            try TransferSimulation(seed: 1) { location, capacity, random in
                VaultSubject(FaultyVault(fault, location: location, capacity: capacity, random: random))
            }.run(steps: 20_000)
        }
        #expect(found?.what.contains("licence") == true, "\(found.map(\.what) ?? "nothing")")
    }

    private static func memory(
        _ location: Location, _ capacity: VaultCapacity, _ random: @escaping RandomBytes
    ) -> VaultSubject {
        VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
    }
}
