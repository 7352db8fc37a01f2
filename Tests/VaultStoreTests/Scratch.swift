import Foundation
import Glibc
import TestKit
import Testing

@testable import VaultStore

/// A directory that a test may fill, removed with everything in it when its owner goes.
final class Scratch {
    /// Where the machine has them: the ordinary disk and memory.
    static let places = TestPlaces.named(or: ["/tmp", "/dev/shm"])

    /// Those of them that lie on a block device of their own.
    static let volumes = places.filter { Volume(of: $0) != nil }

    /// Those of them that can make snapshots by themselves.
    static let snapshots = volumes.filter { Volume(of: $0)?.hasSnapshots ?? false }

    let path: String

    init(in place: String = "/tmp") throws {
        var template = Array("\(place)/vaultstore.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of `name` in it.
    func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Runs a program and waits for it.
    func run(_ command: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(command)")
    }

    /// Gives everything below a folder an extended attribute, with Python, where the file system keeps such.
    func setAttributes(below folder: String) throws {
        try run(
            "python3", "-c",
            """
            import errno, os, sys
            for path, folders, files in os.walk(sys.argv[1]):
                for name in [path] + [os.path.join(path, file) for file in files]:
                    try:
                        os.setxattr(name, "user.note", b"1")
                    except OSError as error:
                        if error.errno != errno.ENOTSUP: raise
            """, folder)
    }

    /// Whether a program is installed.
    static func has(_ program: String) -> Bool {
        ["/usr/bin", "/bin", "/usr/local/bin", "/sbin", "/usr/sbin"].contains { access("\($0)/\(program)", X_OK) == 0 }
    }
}
