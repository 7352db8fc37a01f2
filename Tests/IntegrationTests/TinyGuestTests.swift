import Foundation
import TestKit
import Testing

/// The programs on Debian's own kernel, in an emulated machine, with dongles that are plugged in and pulled out there: a
/// few times here, as often as it takes by `make guests`.
struct TinyGuestTests {
    @Test(.needs(.guests, "QEMU or Debian's kernel is not there: make setup", Guest.isAvailable))
    func plugPullAndTransferOnTheRealKernel() async throws {
        let result = try await Guest.run()
        for line in result.output.split(separator: "\n") where line.hasPrefix("[") { print("guest:", line) }
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}

/// The emulated machine of `Tests/Guests/tiny.sh`.
enum Guest {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Guests/tiny.sh").path

    /// Whether the machine can be had here. Fetches its kernel if need be; what is missing is printed.
    @Sendable static func isAvailable() async throws -> Bool {
        let result = try await Command(script, ["--check"]).result()
        if result.status != 0 { print("guest:", result.errors.trimmingCharacters(in: .whitespacesAndNewlines)) }
        return result.status == 0
    }

    /// What is tried there, each with how often a dongle is plugged in.
    private static let parts = ["bare:3", "vhci:3", "functionfs:3", "transfer"]

    /// Runs the programs that were built beside this test through everything that is tried there.
    static func run() async throws -> Command.Result {
        let folder = URL(fileURLWithPath: Products.path("almd")).deletingLastPathComponent().path
        return try await Command(script, [folder] + parts).result()
    }
}
