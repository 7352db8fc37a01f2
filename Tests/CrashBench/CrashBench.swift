import CDisk
import Glibc

/// Stops the real store wherever it can be stopped, and looks what is left.
///
///     CrashBench kills [FAULT …]         every step, with a fault at each call that changes the disk
///     CrashBench twice                   every step killed, and the next opening killed too
///     CrashBench images [JOURNAL SYNCHRONOUS [EXHAUSTIVE RANDOM]]
///                                        every step, its disk as a power cut may leave it
///     CrashBench cuts-after-kills [EXHAUSTIVE RANDOM]
///                                        every step killed, and the disk as a power cut may leave it while the next
///                                        process opens the vault
///     CrashBench order                   the calls of every step that change the disk, one on each line
///
/// Whatever is found on a disk is searched for secrets, before it is put in order and after.
///
/// With STEP=NAME among the arguments, as often as wanted, only those steps. With LOSES=N the store's own waits for the end of
/// a journal are left out of `images`, and it is right to find N losses or more, and wrong to find fewer: so settings that
/// the product does not use show that this can see. With LOSES=0 it is right to find none. Each prints a line for each step
/// and one for all of them; what is wrong is printed whole. The exit status is 1 where something is wrong.
@main
struct CrashBench {
    static func main() {
        do {
            exit(try run(Array(CommandLine.arguments.dropFirst())) ? 0 : 1)
        } catch {
            say("error: \(error)")
            exit(2)
        }
    }

    private static func run(_ arguments: [String]) throws -> Bool {
        let prefix = "STEP="
        let names = arguments.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        let steps = try names.map { name in
            guard let step = StoreJob.Step(rawValue: name) else { throw Failure("there is no step \(name)") }
            return step
        }
        let bench = CrashBench(steps: steps.isEmpty ? StoreJob.Step.allCases : steps)
        let loses = arguments.first { $0.hasPrefix("LOSES=") }.flatMap { Int($0.dropFirst("LOSES=".count)) }
        let rest = arguments.filter { !$0.hasPrefix(prefix) && !$0.hasPrefix("LOSES=") }
        switch rest.first {
        case "kills": return try bench.kills(Array(rest.dropFirst()))
        case "twice": return try bench.twice()
        case "images": return try bench.images(Array(rest.dropFirst()), toLose: loses)
        case "cuts-after-kills": return try bench.cutsAfterKills(Array(rest.dropFirst()))
        case "order": return try bench.order()
        default: throw Failure("kills, twice, images, cuts-after-kills or order")
        }
    }

    /// Those that are looked at.
    let steps: [StoreJob.Step]

    /// What `body` counts for each step, in a process for each.
    private func everyStep(_ body: (StoreJob.Step) throws -> [Int]) throws -> [Int] {
        var totals: [Int] = []
        for step in steps {
            let end = try Child.run { try body(step).map(String.init).joined(separator: " ") }
            guard case .said(let said) = end else { throw Failure("\(step.rawValue): \(end)") }
            let counts = said.split(separator: " ").compactMap { Int($0) }
            totals = totals.isEmpty ? counts : zip(totals, counts).map { $0 + $1 }
        }
        return totals
    }

    private func kills(_ names: [String]) throws -> Bool {
        let faults = Kills.faults.filter { names.isEmpty || names.contains($0.name) }
        var isRight = true
        for (name, fault) in faults {
            let totals = try everyStep { step in
                let scene = try Scene(step)
                return report("\(step.rawValue), \(name)", try Kills(scene: scene).each(name, fault)) + [scene.searched]
            }
            say(
                "kills \(name): points=\(totals[0]) runs=\(totals[1]) broken=\(totals[2]) "
                    + "searched=\(totals[3])")
            isRight = isRight && totals[2] == 0
        }
        return isRight
    }

    private func twice() throws -> Bool {
        let totals = try everyStep { step in
            let scene = try Scene(step)
            return report("\(step.rawValue), twice", try Kills(scene: scene).twice()) + [scene.searched]
        }
        say("twice: points=\(totals[0]) runs=\(totals[1]) broken=\(totals[2]) searched=\(totals[3])")
        return totals[2] == 0
    }

    private func report(_ name: String, _ tally: Kills.Tally) -> [Int] {
        let findings = Scene.Finding.allCases.map { "\($0.rawValue) \(tally.findings[$0] ?? 0)" }
        say("  \(name): \(tally.points) calls, \(tally.runs) runs: \(findings.joined(separator: ", "))")
        for problem in tally.problems { say("broken: \(problem)") }
        return [tally.points, tally.runs, tally.problems.count]
    }

    private func order() throws -> Bool {
        let totals = try everyStep { step in
            let events = try Losses(scene: try Scene(step)).record().events
            for event in events { say("  \(event.words)") }
            return [events.count]
        }
        say("order: calls=\(totals[0])")
        return true
    }

    private func images(_ arguments: [String], toLose least: Int?) throws -> Bool {
        let settings =
            arguments.count < 2
            ? Losses.Settings.product : Losses.Settings(journal: arguments[0], synchronous: arguments[1])
        let thoroughness = Self.thoroughness(arguments.dropFirst(2), PowerCuts.Thoroughness(exhaustive: 12, random: 8))
        let totals = try everyStep { step in
            report(
                step,
                try Losses(scene: try Scene(step), settings: settings, isSQLiteAlone: least != nil).find(thoroughness))
        }
        say(
            "images \(settings.journal) \(settings.synchronous): images=\(totals[0]) lost=\(totals[1]) "
                + "broken=\(totals[2]) cuts=\(totals[3]) sampled=\(totals[4])")
        if let least, least > 0 { return totals[1] >= least }
        return totals[1] + totals[2] == 0
    }

    private func cutsAfterKills(_ arguments: [String]) throws -> Bool {
        let thoroughness = Self.thoroughness(arguments[...], PowerCuts.Thoroughness(exhaustive: 3, random: 0))
        let totals = try everyStep { step in
            report(step, try Losses(scene: try Scene(step)).findAfterKills(thoroughness))
        }
        say(
            "cuts-after-kills: images=\(totals[0]) lost=\(totals[1]) broken=\(totals[2]) cuts=\(totals[3]) "
                + "sampled=\(totals[4])")
        return totals[1] + totals[2] == 0
    }

    /// What two numbers say, or what is usual.
    private static func thoroughness(
        _ arguments: ArraySlice<String>, _ usual: PowerCuts.Thoroughness
    ) -> PowerCuts.Thoroughness {
        let numbers = arguments.compactMap { Int($0) }
        return PowerCuts.Thoroughness(
            exhaustive: numbers.first ?? usual.exhaustive, random: numbers.count > 1 ? numbers[1] : usual.random)
    }

    private func report(_ step: StoreJob.Step, _ tally: Losses.Tally) -> [Int] {
        say(
            "  \(step.rawValue): \(tally.cuts) cuts, \(tally.images) images: before \(tally.before), after \(tally.after), "
                + "lost \(tally.lost), broken \(tally.problems.count)")
        if let loss = tally.firstLoss { say("lost: \(step.rawValue): \(loss)") }
        for problem in tally.problems.prefix(20) { say("broken: \(problem)") }
        return [tally.images, tally.lost, tally.problems.count, tally.cuts, tally.sampled]
    }

    private func say(_ line: String) { Self.say(line) }

    private static func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
    }
}
