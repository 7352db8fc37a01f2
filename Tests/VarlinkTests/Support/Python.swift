import Foundation

/// Runs Python, and finds the public Varlink client for it.
enum Python {
    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") }

    /// Where the package `varlink` is installed: the folder that ALMD_PYTHON_VARLINK names, or `.build/python-varlink`
    /// in the package's root; nil if it isn't there.
    static var varlink: String? {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder =
            ProcessInfo.processInfo.environment["ALMD_PYTHON_VARLINK"]
            ?? root.appending(path: ".build/python-varlink").path
        return isThere && FileManager.default.fileExists(atPath: folder + "/varlink/cli.py") ? folder : nil
    }

    /// Runs Python; what it writes to standard output and standard error.
    static func run(_ arguments: [String], folder: URL, path: String? = nil) async throws -> String {
        let output = folder.appending(path: "output-\(UUID().uuidString)")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = arguments
        if let path { process.environment = ["PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"] }
        process.standardOutput = handle
        process.standardError = handle
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        try handle.close()
        return try String(contentsOf: output, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
