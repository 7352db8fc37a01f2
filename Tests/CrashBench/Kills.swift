import CDisk
import Licensing
import VaultStore
import Vaults

/// A step with a fault at each call that changes the disk, one run for each; and with a second kill at each call of what
/// the next process does to put things in order.
struct Kills {
    /// What is done to a call, with the name that a person asks for it by.
    static let faults: [(name: String, fault: cdisk_fault)] = [
        ("kill-before", CDISK_KILL_BEFORE), ("kill-after", CDISK_KILL_AFTER), ("EIO", CDISK_INPUT_OUTPUT_ERROR),
        ("ENOSPC", CDISK_NO_SPACE), ("short", CDISK_SHORT_WRITE), ("gone", CDISK_GONE), ("full", CDISK_FULL),
    ]

    /// What came of the runs of one step.
    struct Tally {
        /// The calls at which something was done.
        var points = 0
        var runs = 0
        /// How often each finding was made.
        var findings: [Scene.Finding: Int] = [:]
        var problems: [String] = []

        mutating func add(_ finding: Scene.Finding, _ problem: String?, at place: String) {
            runs += 1
            findings[finding, default: 0] += 1
            if let problem { problems.append("\(place): \(problem)") }
        }
    }

    let scene: Scene

    /// The calls of the step that change the disk, or would.
    func calls() throws -> [String] { try calls(of: scene.disk) { try self.work() } }

    private func calls(of disk: DiskTree, _ work: @escaping () throws -> String) throws -> [String] {
        try scene.put(disk)
        let log = scene.path("calls")
        defer { Files.remove(log) }
        let end = try Child.run {
            cdisk_log(log)
            return try work()
        }
        guard end == .said("done") else { throw Failure("an undisturbed run: \(end)") }
        return String(decoding: try Files.contents(log), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// One run for each call.
    func each(_ name: String, _ fault: cdisk_fault) throws -> Tally {
        var tally = Tally()
        let calls = try calls()
        tally.points = calls.count
        for point in 1...calls.count {
            try scene.put(scene.disk)
            let place = "\(scene.job.step.rawValue): \(name) at call \(point)"
            let end = try run(fault, at: point) { try self.work() }
            let (finding, problem) = scene.examine()
            tally.add(finding, problem ?? objection(to: end, fault, at: calls.prefix(point), finding), at: place)
        }
        return tally
    }

    /// The call whose failure SQLite overlooks, and the one before it: the sync of the folder for the name of its journal, which
    /// the store has synced itself by then. That for the journal's end goes by the same words, and is not overlooked.
    private static let overlooked = ["fdatasync ./store/vault.sqlite-journal", "fdatasync ./store"]

    /// What is wrong with how the process ended, whatever it left behind, when the fault was at the last of `calls`.
    private func objection(
        to end: Child.End, _ fault: cdisk_fault, at calls: ArraySlice<String>, _ finding: Scene.Finding
    ) -> String? {
        let isKill = fault == CDISK_KILL_BEFORE || fault == CDISK_KILL_AFTER
        switch end {
        case .killed where isKill: return nil
        // What is done on a disk that failed for good was not waited for.
        case .said("done") where fault == CDISK_GONE: return "answered, on a disk that is gone"
        case .said("done")
        where [CDISK_INPUT_OUTPUT_ERROR, CDISK_NO_SPACE].contains(fault)
            && calls.suffix(2) != Self.overlooked[...]:
            return "answered, although this had failed: \(calls.last ?? "")"
        case .said("done") where !isKill: return finding == .after || scene.isOpening ? nil : "answered, and lost"
        // A failing disk is told as one, and as nothing else: not as a store that is damaged, in use or LOCKED.
        case .said("refused \(LicenceError.Code.storeFailed.rawValue)") where !isKill && fault != CDISK_SHORT_WRITE:
            return nil
        default: return "the process ended with \(end)"
        }
    }

    /// After a kill at each call, a second kill at each call of the next opening, where that has something to put in
    /// order.
    func twice() throws -> Tally {
        var tally = Tally()
        let plain = try calls(of: scene.disk) { try self.opening() }.count
        for first in 1...(try calls().count) {
            try scene.put(scene.disk)
            _ = try run(CDISK_KILL_BEFORE, at: first) { try self.work() }
            let left = try scene.found()
            let seconds = try calls(of: left) { try self.opening() }.count
            guard seconds > plain || scene.isOpening else { continue }
            tally.points += 1
            for second in 1...seconds {
                try scene.put(left)
                let place = "\(scene.job.step.rawValue): killed at call \(first), then at call \(second) of the opening"
                let end = try run(CDISK_KILL_BEFORE, at: second) { try self.opening() }
                let (finding, problem) = scene.examine()
                tally.add(finding, problem ?? (end == .killed ? nil : "the opening ended with \(end)"), at: place)
            }
        }
        return tally
    }

    private func run(_ fault: cdisk_fault, at point: Int, _ work: @escaping () throws -> String) throws -> Child.End {
        try Child.run {
            cdisk_set_fault(fault, point)
            return try work()
        }
    }

    private func opening() throws -> String {
        _ = try scene.job.open()
        return "done"
    }

    /// The job, in the process that a fault may hit.
    private func work() throws -> String {
        let vault: SQLiteVault
        do throws(LicenceError) {
            vault = try scene.job.open()
        } catch {
            return "refused \(error.code.rawValue)"
        }
        do {
            _ = try scene.job.run(in: vault)
            return "done"
        } catch let error as LicenceError {
            guard error.code == .storeFailed else { return "refused \(error.code.rawValue)" }
            // After a failure the vault says nothing more, lest it say what is not on the disk.
            do throws(LicenceError) {
                _ = try vault.keys()
                return "went on after \(error.code.rawValue)"
            } catch let again {
                return again == error ? "refused \(error.code.rawValue)" : "refused differently the second time"
            }
        }
    }
}
