import Foundation
import Testing

/// The real store, stopped wherever it can be stopped, by the program `CrashBench` in processes of their own.
@Suite struct StoppedStoreTests {
    @Test func killedAtEveryCallItIsTheStateBeforeOrAfter() throws {
        let totals = try bench("kills", "kill-before")
        #expect(totals["broken"] == 0)
        #expect(try #require(totals["points"]) >= 225)
    }

    @Test func everyImageOfAPowerCutIsTheStateBeforeOrAfter() throws {
        let totals = try bench("images", "DELETE", "EXTRA", "4", "0")
        #expect(totals["broken"] == 0)
        #expect(totals["lost"] == 0)
        #expect(try #require(totals["images"]) >= 1_000)
    }

    /// Settings that the product does not use lose what was answered; where they did not, the images would show nothing.
    @Test(arguments: [("DELETE", "FULL", 1), ("WAL", "NORMAL", 100)])
    func weakerSettingsAreSeenToLose(journal: String, synchronous: String, atLeast: Int) throws {
        let totals = try bench("images", journal, synchronous, "4", "0")
        #expect(try #require(totals["lost"]) >= atLeast)
    }

    /// Runs the program and gives the numbers of its last line.
    private func bench(_ arguments: String...) throws -> [String: Int] {
        let here = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: here).deletingLastPathComponent()
            .appendingPathComponent("CrashBench")
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        print(said)
        let words = said.split(separator: "\n").last?.split(separator: " ") ?? []
        return words.reduce(into: [:]) { totals, word in
            let parts = word.split(separator: "=")
            if parts.count == 2, let number = Int(parts[1]) { totals[String(parts[0])] = number }
        }
    }
}
