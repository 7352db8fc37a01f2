package import Licensing
import Vaults

/// Random transfers between several vaults, with every code that was ever shown loaded anywhere any number of times, in
/// any order, lost at times, and the law of conservation looked at after each step: for every licence
///
///     vaults that HOLD it + RELEASED records whose request is OPEN or DECLINED == 1
///
/// The same seed is the same run. A run is cut into worlds, each with vaults of its own, so that records don't pile up.
package final class TransferSimulation {
    /// What a run did, to see that it was not idle.
    package struct Report: Sendable, CustomStringConvertible {
        /// Steps that were asked for.
        package var steps = 0
        /// Steps that changed something, by the name of the step.
        package var changes: [String: Int] = [:]
        /// Refusals, by their code.
        package var refusals: [LicenceError.Code: Int] = [:]
        /// Keys that were on their way when their world ended, and were brought to their goal or back.
        package var rescued = 0

        package var description: String {
            let done = changes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            let refused = refusals.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
            return """
                \(steps) steps; \(rescued) keys brought home; changes: \(done.joined(separator: ", ")); \
                refusals: \(refused.joined(separator: ", "))
                """
        }
    }

    /// The rules were broken.
    package struct Violation: Error, CustomStringConvertible {
        /// The seed that leads to it again.
        package let seed: UInt64
        /// At which step.
        package let step: Int
        /// What is wrong.
        package let what: String
        /// The last steps of the world.
        package let log: [String]

        package var description: String {
            "seed \(seed), step \(step): \(what)\n" + log.joined(separator: "\n")
        }
    }

    private let make: VaultSubject.Factory
    private let random: DeterministicRandom

    /// - Parameter make: makes the vaults; for a seed to repeat its run they have to use the random source they are given.
    package init(seed: UInt64, _ make: @escaping VaultSubject.Factory) {
        self.make = make
        random = DeterministicRandom(seed: seed)
    }

    /// Runs for at least `steps` steps in worlds of `stepsPerWorld`.
    ///
    /// - Throws: ``Violation`` at the first thing that is not as it should be.
    package func run(steps: Int, stepsPerWorld: Int = 200) throws -> Report {
        let vendor = try TestVendor()
        let keys = try (0..<3).map { try vendor.key("simulated \($0)") }
        var report = Report()
        while report.steps < steps {
            let world = try SimulatedWorld(make, keys, random)
            do {
                for _ in 0..<stepsPerWorld {
                    if let (place, step) = world.randomStep() { try world.perform(step, at: place, &report) }
                }
                report.rescued += try world.finish(&report)
            } catch let fault as SimulatedWorld.Fault {
                throw Violation(
                    seed: random.seed, step: report.steps, what: fault.description, log: Array(world.log.suffix(40)))
            }
        }
        return report
    }
}
