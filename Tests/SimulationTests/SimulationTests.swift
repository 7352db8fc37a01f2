import Licensing
import SimulationKit
import Testing
import Vaults

/// A short run of the simulation; `make simulate` makes long ones.
struct SimulationTests {
    @Test func everyKeyIsInOnePlaceWhateverHappens() throws {
        let report = try Simulation(.transfers, on: MemoryStage()).run(seed: 20_260_301, steps: 6_000)
        print("simulation in memory: \(report)")
        // A run in which something never happened shows nothing about it.
        #expect(report.gaps(.transfers, isOnDisk: false) == [])
        #expect(report.rescued > 0)
    }

    @Test func theSameSeedIsTheSameRun() throws {
        let simulation = try Simulation(.transfers, on: MemoryStage())
        let first = try simulation.run(seed: 7, steps: 600)
        #expect(try simulation.run(seed: 7, steps: 600).description == first.description)
        #expect(try simulation.run(seed: 8, steps: 600).description != first.description)
    }

    /// The simulation sees what it is there to see, and says it in a few lines; `make mutants` shows more of that.
    @Test(arguments: HastyStep.allCases)
    func whatIsShownBeforeItIsCommittedIsFoundAndCutDown(_ hasty: HastyStep) throws {
        let stage = HastyStage { step in
            switch step {
            case .release(_): hasty == .release
            case .decline(_): hasty == .decline
            default: false
            }
        }
        let simulation = try Simulation(.transfers, on: stage)
        let found = #expect(throws: Simulation.Violation.self) { try simulation.run(seed: 1, steps: 20_000) }
        let violation = try #require(found)
        #expect(violation.what.contains("did not change"))
        // An offer, a request, and what is done too early.
        #expect(violation.script.count == 3, "\(violation)")
        #expect(violation.found > 3)
        let again = #expect(throws: Simulation.Violation.self) { try simulation.run(seed: violation.seed, steps: 1) }
        #expect(again?.description == violation.description)
    }

    enum HastyStep: CaseIterable { case release, decline }
}
