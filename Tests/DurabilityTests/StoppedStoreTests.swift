import Foundation
import Testing

/// The real store, stopped wherever it can be stopped, by the program `CrashBench` in processes of their own. These are a few
/// of the steps; `make crashes` does them all, with every fault.
@Suite struct StoppedStoreTests {
    @Test func killedAtEveryCallItIsTheStateBeforeOrAfter() throws {
        let totals = try bench("kills", "kill-before", "STEP=release", "STEP=activate", "STEP=decline")
        #expect(totals["broken"] == 0)
        #expect(try #require(totals["points"]) >= 150)
    }

    @Test func everyImageOfAPowerCutIsTheStateBeforeOrAfter() throws {
        let totals = try bench("images", "DELETE", "EXTRA", "4", "0", "STEP=offer", "STEP=activate")
        #expect(totals["broken"] == 0)
        #expect(totals["lost"] == 0)
        #expect(try #require(totals["images"]) >= 200)
    }

    /// Settings that the product does not use lose what was answered; where they did not, the images would show nothing.
    @Test func weakerSettingsAreSeenToLose() throws {
        let totals = try bench("images", "WAL", "NORMAL", "4", "0", "STEP=offer", "LOSES=100")
        #expect(try #require(totals["lost"]) >= 100)
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
        #expect(process.terminationStatus == 0, "\(said)")
        let words = said.split(separator: "\n").last?.split(separator: " ") ?? []
        return words.reduce(into: [:]) { totals, word in
            let parts = word.split(separator: "=")
            if parts.count == 2, let number = Int(parts[1]) { totals[String(parts[0])] = number }
        }
    }
}
