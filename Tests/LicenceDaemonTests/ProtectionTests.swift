import Foundation
import Synchronization
import TestKit
import Testing

@testable import LicenceDaemon

/// What a daemon says at its start of the file system under its store (`make places` brings more of them).
@Suite struct ProtectionTests {
    private static let places = TestPlaces.named(or: ["/var/tmp", "/dev/shm"])

    /// What an everyday program says of a folder; nil where it fails.
    private func output(_ command: String...) throws -> String? {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return process.terminationStatus == 0
            ? String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) : nil
    }

    /// The programs of the system tell what a file system gives, and which it is.
    @Test(arguments: places) func whatTheFileSystemLacksIsNamedAtStart(place: String) async throws {
        let bench = try DaemonBench(in: place)
        let folder = try bench.scratch.makeFolder("looked at")
        let isInMemory = try output("stat", "--file-system", "--format", "%T", folder) == "tmpfs"
        var lacking: Set<String> = []
        if try output("stat", "--format", "%w", folder) == "-" { lacking.insert("birth time") }
        if try output("lsattr", "-d", "-v", folder) == nil { lacking.insert("inode generation") }
        let (configuration, log) = (try bench.configuration(), DaemonBench.LogRecord())
        try await bench.running(configuration, log: log) {}
        let warnings = log.lines.withLock { $0.filter { $0.contains("the local store is protected less") } }
        for factor in ["birth time", "inode generation", "file handle"] {
            let isNamed = warnings.contains { $0.contains("no \(factor)") }
            #expect(isNamed == lacking.contains(factor), "\(factor): \(warnings)")
        }
        #expect(warnings.contains { $0.contains("forgets everything at a reboot") } == isInMemory)
        #expect(warnings.count == (lacking.isEmpty ? 0 : 1) + (isInMemory ? 1 : 0))
    }
}
