import Foundation
import Testing

/// The installed product on a whole Debian with systemd, in an emulated machine: `Tests/Guests/system-test.sh` says what is
/// done there.
@Suite struct SystemGuestTests {
    /// The folder of programs that were built for use, with the Swift libraries in them.
    private static let programs = ProcessInfo.processInfo.environment["ALMD_SYSTEM_GUEST"]

    @Test(.enabled(if: programs != nil, "it takes minutes, and programs for use: make system-guest"))
    func thePackageInstallsServesADongleUpgradesAndIsRemoved() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("almd-guest-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let guests = Repository.folder.appendingPathComponent("Tests/Guests")
        let programs = try #require(Self.programs)
        let available = try await Command(guests.appendingPathComponent("system-root.sh").path, []).result()
        try #require(available.status == 0, "\(available.errors)")

        for (name, version) in [("almd-1.deb", "0.1.0"), ("almd-2.deb", "0.1.1")] {
            let package = try await DebianPackage(version: version, programs: programs)
            try FileManager.default.moveItem(at: package.file, to: folder.appendingPathComponent(name))
        }
        try FileManager.default.copyItem(
            at: guests.appendingPathComponent("system-test.sh"), to: folder.appendingPathComponent("guest.sh"))
        let run = try await Command(guests.appendingPathComponent("system-run.sh").path, [folder.path]).result()
        let failures = run.output.split(separator: "\n").filter { $0.hasPrefix("FAILED") }
        #expect(failures.isEmpty)
        #expect(run.status == 0, "\(run.output)\n\(run.errors)")
    }
}
