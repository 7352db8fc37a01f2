import TestKit

/// What happens to the worlds of a run.
package enum Course: String, Sendable, CaseIterable {
    /// Transfers, with every accident but the copying of stores. The law is conservation.
    case transfers
    /// Stores are backed up, written back and copied too. The law is at most one usable key.
    case backups
}

/// Random transfers between three stores and two dongles: real rules, real vaults, the real protocol; with crashes,
/// failing disks, pulled cables, and codes that are lost, doubled, out of order, mistyped and loaded in the wrong place.
/// After each action the law of conservation is looked at, and that every code that was shown was committed.
///
/// A run is cut into worlds. World *n* of seed *s* is the first world of seed *s* + *n*, and the same world in each run;
/// the first broken one is cut down to the few actions that break it.
package struct Simulation {
    /// The rules were broken.
    package struct Violation: Error, CustomStringConvertible {
        /// The seed whose first world it is.
        package let seed: UInt64
        /// What is wrong.
        package let what: String
        /// After how many actions it was found, and the actions that are left of them.
        package let found: Int
        /// What happened, line by line.
        package let script: [String]
        /// What the whole run had done by then.
        package let report: Report

        package var description: String {
            """
            seed \(seed): \(what)
            cut down from \(found) actions to \(script.count):
            \(script.map { "  " + $0 }.joined(separator: "\n"))
            """
        }
    }

    private let course: Course
    private let stage: any Stage
    private let keys: [TestKey]
    private let stepsPerWorld: Int

    package init(_ course: Course, on stage: any Stage, stepsPerWorld: Int = 120) throws {
        (self.course, self.stage, self.stepsPerWorld) = (course, stage, stepsPerWorld)
        let vendor = try TestVendor()
        keys = try (0..<3).map { try vendor.key("simulated \($0)") }
    }

    /// Runs until at least `steps` actions have done something; `progress` hears of every world's end.
    ///
    /// - Throws: ``Violation`` at the first thing that is not as it should be.
    package func run(seed: UInt64, steps: Int, progress: (Report) -> Void = { _ in }) throws -> Report {
        var report = Report()
        var seed = seed
        while report.steps < steps {
            try run(seed, &report)
            seed &+= 1
            progress(report)
        }
        return report
    }

    private func run(_ seed: UInt64, _ report: inout Report) throws {
        let (actions, fault) = try play(seed, &report)
        try stage.clear()
        guard let fault else { return }
        let (shortest, what) = try shrink(actions, fault, seed)
        let script = try replay(shortest, seed).script
        throw Violation(seed: seed, what: what, found: actions.count, script: script, report: report)
    }

    private func play(_ seed: UInt64, _ report: inout Report) throws -> (actions: [Action], fault: Fault?) {
        var actions: [Action] = []
        var chance = Chance(seed: seed)
        let world = try World(course, seed: seed, on: stage, keys)
        defer { report.add(world.report) }
        do {
            for number in 1...stepsPerWorld {
                let action = world.choose(number, &chance)
                actions.append(action)
                try world.perform(action)
            }
            try world.finish()
            world.report.worlds += 1
            return (actions, nil)
        } catch let fault as Fault {
            return (actions, fault)
        }
    }

    /// Does some actions of a world again.
    func replay(_ actions: [Action], _ seed: UInt64) throws -> (fault: Fault?, script: [String]) {
        let outcome = try replayed(actions, seed)
        try stage.clear()
        return outcome
    }

    private func replayed(_ actions: [Action], _ seed: UInt64) throws -> (fault: Fault?, script: [String]) {
        let world = try World(course, seed: seed, on: stage, keys)
        do {
            for action in actions { try world.perform(action) }
            try world.finish()
            return (nil, world.script)
        } catch let fault as Fault {
            return (fault, world.script)
        }
    }
}

extension World {
    /// What happened, line by line.
    var script: [String] { log.map { "\($0.action.words): \($0.outcome)" } }
}
