import CDisk
import Foundation
import Licensing
import TestKit
import TransferCodes
import VaultStore
import Vaults

/// A store just before a step, on a disk that can be put back to any state, and how the step goes undisturbed.
///
/// Folders are told apart by their names here, as if each state of the disk lay on the same disk; otherwise every store
/// would open LOCKED as the copy that it is.
final class Scene {
    /// The job that is about to be done.
    let job: StoreJob
    /// What is on the disk before.
    let disk: DiskTree
    private let folder: String
    private let root: String
    private let before: VaultSnapshot
    private let after: VaultSnapshot
    private let code: TransferCode?
    private let traces: Traces
    /// How often everything on the disk was searched for secrets.
    private(set) var searched = 0

    /// What is found in a state of the disk.
    enum Finding: String, CaseIterable {
        /// The step did not happen, and was done now.
        case before
        /// The step had happened.
        case after
        /// Neither: what is wrong is told.
        case broken
    }

    init(_ step: StoreJob.Step) throws {
        folder = try Files.scratch()
        cdisk_identify_by_name(true)
        cdisk_watch(folder)
        job = try StoreJob.prepare(step, in: folder)
        root = URL(fileURLWithPath: job.path).deletingLastPathComponent().path
        disk = try DiskTree(reading: root)
        let belongings = try Traces.Belongings(of: job.path)
        (before, after, code) = try Self.undisturbed(job)
        traces = try Traces(of: job, before: belongings, after: try Traces.Belongings(of: job.path))
        // The search sees: everything is there that is looked for later.
        guard traces.left(on: disk) == traces.count, traces.count > 0 || !job.step.givesUp else {
            throw Failure("\(traces.left(on: disk)) of \(traces.count) secrets found before the step")
        }
    }

    /// Whether opening the store does all of it, so that before and after can't be told apart.
    var isOpening: Bool { before == after }

    /// A path beside the disk.
    func path(_ name: String) -> String { "\(folder)/\(name)" }

    deinit { Files.remove(folder) }

    private static func undisturbed(_ job: StoreJob) throws -> (VaultSnapshot, VaultSnapshot, TransferCode?) {
        let vault = try job.open()
        let before = try VaultSnapshot(vault)
        let code = try job.run(in: vault)
        return (before, try VaultSnapshot(vault), code)
    }

    /// Puts the disk into the state `tree` and watches it.
    func put(_ tree: DiskTree) throws {
        cdisk_watch(nil)
        Files.remove(root)
        try Files.makeFolder(root)
        try tree.put(into: root)
        cdisk_watch(root)
    }

    /// What the disk's state is now.
    func found() throws -> DiskTree { try DiskTree(reading: root) }

    /// Opens what is on the disk as a later process would, and finishes the step.
    ///
    /// - Returns: what was found, and what is wrong with it.
    func examine() -> (finding: Finding, problem: String?) {
        do {
            if let problem = try searchFor(isDone: false) { return (.broken, problem) }
            let examined = try examined()
            if examined.1 == nil, let problem = try searchFor(isDone: true) { return (.broken, problem) }
            return examined
        } catch {
            return (.broken, "\(error)")
        }
    }

    /// Whether the step is done in an open vault.
    func isDone(in vault: SQLiteVault) throws -> Bool { try VaultSnapshot(vault) == after }

    private func searchFor(isDone: Bool) throws -> String? {
        searched += 1
        return traces.problem(with: try found(), isDone: isDone)
    }

    private func examined() throws -> (Finding, String?) {
        let isAfter: Bool
        do {
            let vault = try job.open()
            let found = try VaultSnapshot(vault)
            if let reason = try vault.status().lockedReason { return (.broken, "LOCKED: \(reason)") }
            guard found == before || found == after else { return (.broken, "neither before nor after") }
            isAfter = found == after
            guard vault.strayAnchors.isEmpty else { return (.broken, "strays: \(vault.strayAnchors)") }
            if !job.step.isDoneAnew || !isAfter {
                let again = try job.run(in: vault)
                guard again == code || job.step.isDoneAnew else { return (.broken, "another code than before") }
            }
            guard try VaultSnapshot(vault) == after else { return (.broken, "not finished by doing it again") }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: job.path).sorted()
        let anchors = names.filter { $0.hasPrefix("anchor.") }
        guard anchors.count == 1, names.count == 3 else { return (.broken, "left behind: \(names)") }
        return (isAfter ? .after : .before, nil)
    }
}
