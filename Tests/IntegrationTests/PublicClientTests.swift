import Foundation
import TestKit
import Testing

/// A Varlink client that nobody here wrote drives the daemon: the Python package `varlink`, which `make setup` fetches.
struct PublicClientTests {
    static let package =
        ProcessInfo.processInfo.environment["ALMD_PYTHON_VARLINK"] ?? ".build/python-varlink"
    static var isThere: Bool { FileManager.default.fileExists(atPath: "\(package)/varlink") }

    @Test(.needs(.varlink, "the Python package varlink is not installed: make setup", { isThere }))
    func listsTheKeysAndFollowsTheEvents() async throws {
        let workshop = try await Workshop()
        let machine = try await workshop.machine("source", holding: workshop.licences)
        func client(_ arguments: String...) throws -> Command {
            try Command(
                "/usr/bin/env", ["python3", "-u", "-m", "varlink.cli"] + arguments,
                environment: ["PYTHONPATH": Self.package])
        }

        let info = try await client("info", "unix:\(machine.socket)").result()
        #expect(info.output.contains("org.almd.control"))
        let help = try await client("help", "unix:\(machine.socket)/org.almd.control").result()
        #expect(help.output.contains("method List() -> (keys: []Key, places: []Place)"))
        let list = try await client("call", "unix:\(machine.socket)/org.almd.control.List").result()
        let keys = try #require(try list.object()["keys"] as? [[String: Any]], "\(list.output)\(list.errors)")
        #expect(keys.first?["licence"] as? String == workshop.licences[0])

        // It exits with 0 on an error, so its output is what tells.
        let error = try await client(
            "call", "unix:\(machine.socket)/org.almd.control.Show", "{\"key\": \"00000\"}"
        ).result()
        #expect((error.output + error.errors).contains("org.almd.control.NoSuchKey"))

        let monitor = try client("call", "-m", "unix:\(machine.socket)/org.almd.control.Monitor")
        #expect(await monitor.prints("\"ready\""))
        try await machine.plug(try await workshop.dongle("4711"), serial: "4711")
        #expect(await monitor.prints("\"mounted\""))
        try await machine.unplug("4711")
        #expect(await monitor.prints("\"unmounted\""))
        await monitor.end(SIGKILL)
    }
}
