import Foundation
import Testing

/// A folder into which `make install` has installed the programs that were built beside this test; gone with its owner.
final class InstalledTree {
    /// The folder, in place of the root of a file system.
    let root: URL
    private let prefix: String

    init(prefix: String = "/usr") async throws {
        self.prefix = prefix
        root = FileManager.default.temporaryDirectory.appendingPathComponent("almd-install-\(UUID().uuidString)")
        try await make("install")
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    /// Makes a target of the makefile that works on this tree.
    func make(_ target: String) async throws {
        let programs = URL(fileURLWithPath: Products.path("almd")).deletingLastPathComponent().path
        let result = try await Command(
            "/usr/bin/env",
            [
                "make", "--silent", "-C", Repository.folder.path, target, "DESTDIR=\(root.path)", "PREFIX=\(prefix)",
                "PROGRAMS=\(programs)", "STRIP=true",
            ]
        ).result()
        try #require(result.status == 0, "\(result.errors)")
    }

    /// What a file says.
    func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The permissions of a file or folder.
    func mode(_ path: String) throws -> Int? {
        let file = root.appendingPathComponent(path).path
        return try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    }

    /// The paths of all files.
    func files() -> Set<String> {
        let paths = FileManager.default.subpaths(atPath: root.path) ?? []
        return Set(paths.filter { !root.appendingPathComponent($0).resolvingSymlinksInPath().hasDirectoryPath })
    }
}
