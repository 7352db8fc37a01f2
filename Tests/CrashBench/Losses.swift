import CDisk
import Glibc
import Licensing
import VaultStore

/// A step's power cuts: every state in which its disk may be found is put there and opened.
struct Losses {
    /// How SQLite is made to work. The product knows one way; the others show that this program can see.
    struct Settings {
        let journal: String
        let synchronous: String

        static let product = Settings(journal: "DELETE", synchronous: "EXTRA")
    }

    /// What was found.
    struct Tally {
        /// The moments at which the power was cut, and how many of them had too many changes under way to try all of what
        /// may be left of them.
        var cuts = 0
        var sampled = 0
        var images = 0
        var before = 0
        var after = 0
        /// Those in which something is missing that the program had answered.
        var lost = 0
        var problems: [String] = []
        /// The first image in which something was lost.
        var firstLoss: String?
        /// The images that were looked at.
        fileprivate var known: Set<Int> = []
    }

    let scene: Scene
    var settings = Settings.product
    /// Whether the store's own waits for the end of a journal are left out, so that it hangs on SQLite's settings alone.
    var isSQLiteAlone = false

    /// The power cuts of the step.
    func find(_ thoroughness: PowerCuts.Thoroughness) throws -> Tally {
        var tally = Tally()
        try look(at: try record(), thoroughness, &tally)
        return tally
    }

    /// The power cuts of the process that comes after one that was killed, at each call of the step: until it has opened the
    /// vault, and told what it found. Nobody waited for what the first had not.
    func findAfterKills(_ thoroughness: PowerCuts.Thoroughness) throws -> Tally {
        var tally = Tally()
        for call in 1...(try Kills(scene: scene).calls().count) {
            var first = 0
            let recording = try recording { file in
                try writeStep(to: file, killedBefore: call)
                first = try Recording(reading: scene.path(Self.recordingName)).events.count
                try writeOpening(to: file)
            }
            try look(at: recording, from: first, after: "killed at call \(call), ", thoroughness, &tally)
        }
        return tally
    }

    private func look(
        at recording: Recording, from first: Int = 0, after kill: String = "",
        _ thoroughness: PowerCuts.Thoroughness, _ tally: inout Tally
    ) throws {
        var (found, known) = (tally, tally.known)
        defer {
            found.known = known
            tally = found
        }
        let cuts = try PowerCuts.each(of: recording, from: first, over: scene.disk, thoroughness, known: &known) {
            image in
            try scene.put(image.tree)
            let (finding, problem) = scene.examine()
            found.images += 1
            switch finding {
            case .before where image.isAnswered && !scene.isOpening:
                found.lost += 1
                found.firstLoss = found.firstLoss ?? kill + image.name
            case .before: found.before += 1
            case .after: found.after += 1
            case .broken:
                found.problems.append("\(scene.job.step.rawValue): \(kill)\(image.name): \(problem ?? "")")
            }
        }
        found.cuts += cuts.made
        found.sampled += cuts.sampled
    }

    /// Does the step and writes down every call, up to the answer.
    func record() throws -> Recording {
        let recorded = try recording { try writeStep(to: $0) }
        return isSQLiteAlone ? recorded.withoutOwnWaits : recorded
    }

    private static let recordingName = "recording"

    /// What processes write down that `body` starts, over the disk before the step.
    private func recording(_ body: (Int32) throws -> Void) throws -> Recording {
        try scene.put(scene.disk)
        let path = scene.path(Self.recordingName)
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure("\(path) can't be made: error \(errno)") }
        defer {
            close(file)
            unlink(path)
        }
        try body(file)
        return try Recording(reading: path)
    }

    /// Does the step in a process that writes down its calls, up to the answer, or up to the one before which it is killed.
    private func writeStep(to file: Int32, killedBefore call: Int? = nil) throws {
        let end = try Child.run {
            if let call { cdisk_set_fault(CDISK_KILL_BEFORE, call) }
            cdisk_record(file)
            let vault = try scene.job.open()
            try weaken()
            _ = try scene.job.run(in: vault)
            cdisk_record_answer()
            cdisk_record(-1)
            return "done"
        }
        guard end == (call == nil ? .said("done") : .killed) else { throw Failure("the recorded run: \(end)") }
    }

    /// Opens the vault in a process that writes down its calls; that the step is done is an answer.
    private func writeOpening(to file: Int32) throws {
        let end = try Child.run {
            cdisk_record(file)
            if try scene.isDone(in: try scene.job.open()) { cdisk_record_answer() }
            cdisk_record(-1)
            return "done"
        }
        guard end == .said("done") else { throw Failure("the recorded opening: \(end)") }
    }

    /// Puts the settings in place of those that the vault made when it was opened.
    private func weaken() throws {
        for pragma in ["journal_mode = \(settings.journal)", "synchronous = \(settings.synchronous)"] {
            guard cdisk_tell_sqlite("PRAGMA \(pragma)") == 0 else { throw Failure("SQLite refused \(pragma)") }
        }
    }
}
