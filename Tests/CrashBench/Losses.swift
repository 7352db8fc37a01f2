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
        var images = 0
        var before = 0
        var after = 0
        /// Those in which something is missing that the program had answered.
        var lost = 0
        var problems: [String] = []
        /// The first image in which something was lost.
        var firstLoss: String?
    }

    let scene: Scene
    let settings: Settings

    func find(_ thoroughness: PowerCuts.Thoroughness) throws -> Tally {
        var tally = Tally()
        try PowerCuts.each(of: try record(), over: scene.disk, thoroughness) { image in
            try scene.put(image.tree)
            let (finding, problem) = scene.examine()
            tally.images += 1
            switch finding {
            case .before where image.isAnswered && !scene.isCreation:
                tally.lost += 1
                tally.firstLoss = tally.firstLoss ?? image.name
            case .before: tally.before += 1
            case .after: tally.after += 1
            case .broken: tally.problems.append("\(scene.job.step.rawValue): \(image.name): \(problem ?? "")")
            }
        }
        return tally
    }

    /// Does the step and writes down every call, up to the answer.
    func record() throws -> Recording {
        try scene.put(scene.disk)
        let path = scene.path("recording")
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure("\(path) can't be made: error \(errno)") }
        defer { unlink(path) }
        let end = try Child.run {
            cdisk_record(file)
            let vault = try scene.job.open()
            try weaken()
            _ = try scene.job.run(in: vault)
            cdisk_record_answer()
            cdisk_record(-1)
            return "done"
        }
        close(file)
        guard end == .said("done") else { throw Failure("the recorded run: \(end)") }
        return try Recording(reading: path)
    }

    /// Puts the settings in place of those that the vault made when it was opened.
    private func weaken() throws {
        for pragma in ["journal_mode = \(settings.journal)", "synchronous = \(settings.synchronous)"] {
            guard cdisk_tell_sqlite("PRAGMA \(pragma)") == 0 else { throw Failure("SQLite refused \(pragma)") }
        }
    }
}
