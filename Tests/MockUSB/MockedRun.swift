import Foundation
import Glibc

/// One run of some tests of this program, in a process of its own in which a ``MockBus`` can be had.
package struct MockedRun: Sendable {
    /// The exit status; over 128: the number of a signal and 128.
    package let status: Int32
    /// How many tests were run.
    package let tests: Int
    /// What tests printed by ``tell(_:)``.
    package let figures: [String]
    /// Everything that was printed.
    package let output: String

    /// Whether this process is such a run.
    package static var isThis: Bool { getenv(variable) != nil }

    private static let variable = "ALMD_MOCKED_USB"
    private static let mark = "figure: "

    /// Begins this program anew in such a run, unless it is one; then there is nothing to do.
    package static func restartThisProgram() throws {
        guard !isThis else { return }
        var folder = Array((FileManager.default.temporaryDirectory.path + "/alm-usb-XXXXXX").utf8CString)
        guard let made = mkdtemp(&folder) else { throw MockBus.Failure(description: "no folder: \(errno)") }
        let library = try KernelStandIn.library(in: String(cString: made))
        setenv("LD_PRELOAD", library + ":" + MockBus.preloaded, 1)
        setenv(variable, "1", 1)
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &arguments)
        throw MockBus.Failure(description: "this program can't be begun anew: \(errno)")
    }

    /// Prints something that the reader of the test's results is to see.
    package static func tell(_ figure: String) { print(mark + figure) }

    /// Runs the tests whose names begin with `prefix`, and waits for their end.
    ///
    /// - Parameter limit: after how many seconds the run is taken for stuck and ended. A safety net: no test depends on it.
    package init(of prefix: String, limit: Int = 900) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "alm-usb-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let library = try KernelStandIn.library(in: folder.path)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = [
            "--kill-after=5", String(limit),
            try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
            "--testing-library", "swift-testing", "--no-parallel", "--filter",
            "^" + NSRegularExpression.escapedPattern(for: prefix) + "\\b",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "LD_PRELOAD": library + ":" + MockBus.preloaded, Self.variable: "1", "TMPDIR": folder.path, "NO_COLOR": "1",
        ]) { _, new in new }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        let lines = output.split(separator: "\n")
        figures = lines.filter { $0.hasPrefix(Self.mark) }.map { String($0.dropFirst(Self.mark.count)) }
        // "Test run with 12 tests in 1 suite passed after 3 seconds."
        let words = lines.last { $0.contains("Test run with ") }?.split(separator: " ") ?? []
        let count = words.firstIndex(of: "with").flatMap { words.dropFirst($0 + 1).first }
        tests = count.flatMap { Int($0) } ?? 0
    }
}
