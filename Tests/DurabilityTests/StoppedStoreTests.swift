import Foundation
import Testing

/// The real store, stopped wherever it can be stopped, by the program `CrashBench` in processes of their own. These are a few
/// of the steps; `make crashes` does them all, with every fault.
@Suite struct StoppedStoreTests {
    @Test func killedAtEveryCallItIsTheStateBeforeOrAfter() throws {
        let totals = try bench(
            "kills", "kill-before", "STEP=release", "STEP=activate", "STEP=decline", "STEP=brought-back")
        #expect(totals["broken"] == 0)
        #expect(try #require(totals["points"]) >= 150)
        // What is left is searched for secrets before the next process comes, with its rollback journal, and at the end.
        #expect(totals["searched"] == totals["runs"].map { 2 * $0 })
    }

    @Test func everyImageOfAPowerCutIsTheStateBeforeOrAfter() throws {
        let totals = try bench(
            "images", "DELETE", "EXTRA", "4", "0", "STEP=offer", "STEP=release", "STEP=activate", "STEP=decline")
        #expect(totals["broken"] == 0)
        #expect(totals["lost"] == 0)
        #expect(try #require(totals["images"]) >= 200)
    }

    /// A process that comes after one that was killed answers and destroys nothing on account of what is not durable yet.
    @Test func aPowerCutAfterAKillLosesNothingThatWasAnswered() throws {
        let totals = try bench("cuts-after-kills", "0", "0", "STEP=request")
        #expect(totals["broken"] == 0)
        #expect(totals["lost"] == 0)
        #expect(try #require(totals["images"]) >= 200)
    }

    /// Settings that the product does not use lose what was answered; where they did not, the images would show nothing.
    @Test func weakerSettingsAreSeenToLose() throws {
        let totals = try bench("images", "WAL", "NORMAL", "4", "0", "STEP=offer", "LOSES=100")
        #expect(try #require(totals["lost"]) >= 100)
        // Without the store's own wait, it is EXTRA alone that keeps what FULL loses.
        #expect(try #require(bench("images", "DELETE", "FULL", "4", "0", "STEP=offer", "LOSES=1")["lost"]) >= 1)
        let extra = try bench("images", "DELETE", "EXTRA", "4", "0", "STEP=offer", "LOSES=0")
        #expect(extra["lost"] == 0)
        #expect(extra["broken"] == 0)
    }

    /// What a commit comes to on the disk. The directory is synced when the journal comes and when it goes (each time once
    /// by SQLite and once by the store, which notices every failure), the journal twice, and the database. A setting weaker
    /// than EXTRA has fewer.
    private static let commit = [
        "sync store", "sync DB-journal", "sync store", "sync DB-journal", "sync DB", "remove DB-journal", "sync store",
        "sync store",
    ]

    /// What is found at an opening is made durable before anything else.
    private static let opening = ["sync store"]

    @Test func aCommitIsSyncedSevenTimes() throws {
        #expect(try order(of: "mint") == Self.opening + ["create DB-journal"] + Self.commit + ["answer"])
        #expect(Self.commit.count { $0.hasPrefix("sync") } == 7)
    }

    /// The order on the disk, step by step as the article of the store has it.
    @Test(arguments: ["release", "decline"]) func aKeyLeavesInItsOrder(step: String) throws {
        #expect(
            try order(of: step) == Self.opening + [
                "create DB-journal", "make NEW", "create NEW/key", "write NEW/key", "sync NEW/key", "sync NEW",
                "sync store",
            ] + Self.commit + [
                "write OLD/key", "sync OLD/key", "remove OLD/key", "sync OLD", "remove OLD", "sync store",
                "create DB-journal",
            ] + Self.commit + ["answer"])
    }

    /// An anchor that was kept and is back: nothing of it is left once its codes may be shown.
    @Test func aKeptAnchorThatIsBackGoesInItsOrder() throws {
        #expect(
            try order(of: "brought-back") == Self.opening + ["sync store", "create DB-journal"] + Self.commit + [
                "sync OLD", "remove OLD", "sync store", "create DB-journal",
            ] + Self.commit + ["answer"])
    }

    /// The calls of a step that change the disk, but for what SQLite writes into its files. `NEW` is the anchor that is
    /// made by it, `OLD` the one before.
    private func order(of step: String) throws -> [String] {
        let lines = try lines("order", "STEP=\(step)").dropLast()
            .map { String($0.trimmingPrefix("  ")).replacing("store/vault.sqlite", with: "DB") }
        let made = lines.compactMap { $0.wholeMatch(of: #/make store/(anchor\.[0-9a-f]+)/#).map { String($0.1) } }
        return lines.map { line in
            made.reduce(line) { $0.replacing("store/\($1)", with: "NEW") }
                .replacing(#/store/anchor\.[0-9a-f]+/#, with: "OLD")
        }.filter { !$0.hasPrefix("write DB") && !$0.hasSuffix("/lock") }
    }

    /// Runs the program and gives the numbers of its last line.
    private func bench(_ arguments: String...) throws -> [String: Int] {
        let words = try lines(arguments).last?.split(separator: " ") ?? []
        return words.reduce(into: [:]) { totals, word in
            let parts = word.split(separator: "=")
            if parts.count == 2, let number = Int(parts[1]) { totals[String(parts[0])] = number }
        }
    }

    private func lines(_ arguments: String...) throws -> [String] { try lines(arguments) }

    /// Runs the program and gives what it said.
    private func lines(_ arguments: [String]) throws -> [String] {
        let here = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: here).deletingLastPathComponent()
            .appendingPathComponent("CrashBench")
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(said)")
        return said.split(separator: "\n").map(String.init)
    }
}
