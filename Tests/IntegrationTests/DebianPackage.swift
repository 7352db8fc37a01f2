import Foundation
import Testing

/// A Debian package; gone with its owner.
final class DebianPackage {
    /// The package.
    let file: URL
    private let folder: URL

    /// A package of the programs that were built beside this test, which need a Swift runtime that it can't ask for;
    /// `version` is what dpkg compares.
    init(version: String) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("almd-package-\(UUID().uuidString)")
        let result = try await Self.make(
            version: version, programs: Products.folder, in: folder,
            environment: ["ALMD_PACKAGE_WITHOUT_RUNTIME": "yes"])
        try #require(result.status == 0, "\(result.errors)")
        file = URL(fileURLWithPath: result.output.trimmingCharacters(in: .newlines))
    }

    /// Makes a package of `programs` in `folder`.
    static func make(
        version: String, programs: String, in folder: URL, environment: [String: String]
    ) async throws -> Command.Result {
        try await Command(
            "/usr/bin/env",
            [
                "make", "--silent", "-C", Repository.folder.path, "deb", "PROGRAMS=\(programs)", "VERSION=\(version)",
                "DEB=\(folder.path)", "COMPRESSION=none",
            ], environment: environment
        ).result()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A field of the control file.
    func field(_ name: String) async throws -> String {
        try await ask(["--field", file.path, name]).trimmingCharacters(in: .newlines)
    }

    /// One of the control files.
    func control(_ name: String) async throws -> String { try await ask(["--info", file.path, name]) }

    /// A line for each file, as `ls -l` gives it.
    func listing() async throws -> [String] {
        try await ask(["--contents", file.path]).split(separator: "\n").map(String.init)
    }

    private func ask(_ arguments: [String]) async throws -> String {
        let result = try await Command("/usr/bin/dpkg-deb", arguments).result()
        try #require(result.status == 0, "\(result.errors)")
        return result.output
    }
}
