import Foundation
import Glibc
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import VaultStore

/// Every step that changes a vault, stopped at every call that makes something durable, and with each of them failing:
/// what is found afterwards is the state before or the state after, and the same step finishes it with the same code.
@Suite(.needs(.faults, "no C compiler makes the library that lets calls fail", { FaultLibrary.library != nil }))
struct StoreCrashTests {
    /// Whether `ALM_STORE_CRASHES=all` asks for what takes minutes: every step and every fault. Without it releases and
    /// declines are killed.
    static let isWhole = ProcessInfo.processInfo.environment["ALM_STORE_CRASHES"] == "all"
    static let steps: [StoreJob.Step] = isWhole ? StoreJob.Step.allCases : [.release, .decline]

    @Test(arguments: steps) func stoppedAnywhereItIsTheStateBeforeOrAfter(step: StoreJob.Step) throws {
        let clean = try CleanRun(step)
        let points = try clean.points()
        #expect(points.count > 10)
        let faults: [FaultLibrary.Fault] = Self.isWhole ? FaultLibrary.Fault.allCases : [.killBefore]
        for fault in faults {
            var outcomes: [String: Int] = [:]
            for point in points {
                let outcome = try clean.check(step, fault, at: point)
                outcomes[outcome, default: 0] += 1
                switch fault {
                case .killBefore, .killAfter: #expect(outcome == "killed", "\(point)")
                case .shortWrite: #expect(outcome == "done", "\(point)")
                case .inputOutputError, .noSpace: #expect(outcome != "killed", "\(point)")
                }
            }
            print("\(step.rawValue): \(fault.rawValue) at each of \(points.count) calls: \(outcomes)")
        }
    }

    /// A second kill while the first one's remains are put in order.
    @Test(.enabled(if: isWhole), arguments: [StoreJob.Step.release, .decline])
    func killedTwiceItIsTheStateBeforeOrAfter(step: StoreJob.Step) throws {
        let clean = try CleanRun(step)
        let plain = try CrashScene(step)
        let plainCount = try plain.points(of: StoreJob(path: plain.job.path, step: .open, name: "", bytes: [])).count
        var count = 0
        for point in try clean.points() {
            func scene() throws -> (CrashScene, StoreJob) {
                let scene = try CrashScene(step)
                try scene.runWorker(.killBefore, at: point.index)
                return (scene, StoreJob(path: scene.job.path, step: .open, name: "", bytes: []))
            }
            let (first, opening) = try scene()
            let seconds = try first.points(of: opening)
            // Where the first kill left nothing to put in order, the second one is an ordinary one.
            for second in seconds where seconds.count > plainCount {
                let (scene, opening) = try scene()
                try scene.runWorker(.killBefore, at: second.index, job: opening)
                try clean.expectBeforeOrAfter(scene, "\(point), then \(second)")
                count += 1
            }
        }
        print("\(step.rawValue): killed twice at \(count) pairs of calls")
    }

    /// One commit costs six syncs: the directory when the journal comes (once by the store, which notices a failure, and
    /// once by SQLite) and when it goes, the journal twice, and the database. With a weaker setting than EXTRA there are
    /// fewer.
    @Test func aCommitIsSyncedSixTimes() throws {
        let scene = try CrashScene(.mint)
        let opening = StoreJob(path: scene.job.path, step: .open, name: "", bytes: [])
        #expect(try scene.points(of: opening).filter { $0.call.contains("sync ") }.isEmpty)
        let syncs = try scene.points(of: scene.job).map(\.call).filter { $0.contains("sync ") }
        #expect(
            syncs == [
                "fsync .", "fdatasync ./vault.sqlite-journal", "fdatasync .", "fdatasync ./vault.sqlite-journal",
                "fdatasync ./vault.sqlite", "fdatasync .",
            ])
    }

    /// The order of a release on the disk, step by step as the article has it.
    @Test func aReleaseIsDurableInItsOrder() throws {
        let scene = try CrashScene(.release)
        let anchors = try FileManager.default.contentsOfDirectory(atPath: scene.job.path)
        let old = try #require(anchors.first { $0.hasPrefix("anchor.") })
        let calls = try scene.points(of: scene.job).map { point in
            point.call.replacingOccurrences(of: old, with: "OLD")
                .replacing(#/anchor\.[0-9a-f]{32}/#, with: "NEW").replacingOccurrences(of: "vault.sqlite", with: "DB")
        }.filter { !$0.hasPrefix("write ./DB") && !$0.hasSuffix(" ./lock") && $0 != "mkdir ." }
        let commit = [
            "fsync .", "fdatasync ./DB-journal", "fdatasync .", "fdatasync ./DB-journal", "fdatasync ./DB",
            "unlink ./DB-journal",
            "fdatasync .",
        ]
        #expect(
            calls == [
                "create ./DB", "create ./DB-journal", "mkdir ./NEW", "create ./NEW/key", "write ./NEW/key",
                "fsync ./NEW/key", "fsync ./NEW", "fsync .",
            ] + commit + [
                "write ./OLD/key", "fsync ./OLD/key", "unlink ./OLD/key", "fsync ./OLD", "rmdir ./OLD", "fsync .",
                "create ./DB-journal",
            ] + commit)
    }
}

/// A step done without disturbance: what there was before, what there is after, and the code.
struct CleanRun {
    private let step: StoreJob.Step
    private let before: VaultSnapshot
    private let after: VaultSnapshot
    private let code: TransferCode?

    init(_ step: StoreJob.Step) throws {
        self.step = step
        let scene = try CrashScene(step)
        let vault = try scene.job.open()
        before = try VaultSnapshot(vault)
        code = try scene.job.run(in: vault)?.code
        after = try VaultSnapshot(vault)
    }

    /// The calls of the step.
    func points() throws -> [CrashScene.Point] {
        let scene = try CrashScene(step)
        return try scene.points(of: scene.job)
    }

    /// Does the step in a fresh scene with `fault`, and looks at what is left.
    ///
    /// - Returns: what the worker said: `done`, `refused CODE`, or `killed`.
    func check(_ step: StoreJob.Step, _ fault: FaultLibrary.Fault, at point: CrashScene.Point) throws -> String {
        let scene = try CrashScene(step)
        let outcome = try scene.runWorker(fault, at: point.index)
        let isAfter = try expectBeforeOrAfter(scene, "\(fault.rawValue) at \(point)")
        #expect(outcome != "done" || isAfter, "\(fault.rawValue) at \(point): said to be done, and lost")
        return outcome
    }

    /// Opens what is left and finishes it.
    ///
    /// - Returns: whether the step had happened.
    @discardableResult
    func expectBeforeOrAfter(_ scene: CrashScene, _ what: String) throws -> Bool {
        let isAfter: Bool
        do {
            let vault = try scene.job.open()
            let found = try VaultSnapshot(vault)
            #expect(try vault.status().lockedReason == nil, "\(what)")
            #expect(found == before || found == after, "\(what)")
            isAfter = found == after
            #expect(vault.strayAnchors == [], "\(what)")
            if step == .mint || step == .anew {
                // These do something more each time they are asked to.
                if found != after { try scene.job.run(in: vault) }
            } else {
                #expect(try scene.job.run(in: vault)?.code == code, "\(what)")
            }
            #expect(try VaultSnapshot(vault) == after, "\(what)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: scene.job.path)
        #expect(names.filter { $0.hasPrefix("anchor.") }.count == 1, "\(what)")
        #expect(names.count == 3, "\(what): \(names)")
        return isAfter
    }
}
