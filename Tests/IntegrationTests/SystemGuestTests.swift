import Foundation
import Testing

/// The installed product on a whole Debian with systemd, in an emulated machine: `Tests/Guests/system-test.sh` says what is
/// done there. `make system-guest` runs it without this, and without what else the tests are built of.
@Suite struct SystemGuestTests {
    /// The folder of programs that were built for use, with the Swift libraries in them.
    private static let programs = ProcessInfo.processInfo.environment["ALMD_SYSTEM_GUEST"]

    @Test(.enabled(if: programs != nil, "it takes minutes, and programs for use: make system-guest"))
    func thePackageInstallsServesADongleUpgradesAndIsRemoved() async throws {
        let script = Repository.folder.appendingPathComponent("Tests/Guests/system.sh").path
        let run = try await Command(script, [try #require(Self.programs)]).result()
        let failures = run.output.split(separator: "\n").filter { $0.hasPrefix("FAILED") }
        #expect(failures.isEmpty)
        #expect(run.status == 0, "\(run.output)\n\(run.errors)")
    }
}
