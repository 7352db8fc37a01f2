import Glibc
import Licensing
import Testing

@testable import LicenceDaemon

/// What a service manager says in environment variables.
@Suite struct ServiceEnvironmentTests {
    private static let process: Int32 = 4711

    private func environment(_ variables: [String: String]) throws -> ServiceEnvironment {
        try ServiceEnvironment(variables: variables, process: Self.process)
    }

    @Test func withoutAServiceManagerThereIsNothing() throws {
        #expect(try environment([:]) == .none)
        #expect(try environment(["PATH": "/bin", "LISTEN_FDNAMES": "x"]) == .none)
    }

    @Test func everythingThatSystemdSaysIsTaken() throws {
        let said = try environment([
            "NOTIFY_SOCKET": "/run/systemd/notify", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "4711",
            "LISTEN_PID": "4711", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "almd.socket",
        ])
        #expect(said.notices == NoticeAddress("/run/systemd/notify"))
        #expect(said.watchdog == .seconds(30))
        #expect(said.listener == 3)
    }

    @Test func whatIsForAnotherProcessIsNotTaken() throws {
        #expect(try environment(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "4712"]).watchdog == nil)
        #expect(try environment(["LISTEN_PID": "4712", "LISTEN_FDS": "1"]).listener == nil)
        // Nobody knows whose they are.
        #expect(try environment(["LISTEN_FDS": "1"]).listener == nil)
        #expect(try environment(["LISTEN_PID": "4711", "LISTEN_FDS": "0"]).listener == nil)
    }

    @Test func aWatchdogWithoutAProcessIsForWhoeverIsAsked() throws {
        #expect(try environment(["WATCHDOG_USEC": "500000"]).watchdog == .milliseconds(500))
    }

    @Test(arguments: [
        ["WATCHDOG_USEC": "0"], ["WATCHDOG_USEC": "-1"], ["WATCHDOG_USEC": "99999999999999999999"],
        ["WATCHDOG_USEC": "1 s"], ["WATCHDOG_USEC": "1", "WATCHDOG_PID": "all"],
        ["LISTEN_PID": "", "LISTEN_FDS": "1"], ["LISTEN_PID": "4711", "LISTEN_FDS": "one"],
        ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "notify"], ["NOTIFY_SOCKET": "@"], ["NOTIFY_SOCKET": "vsock:2:1"],
        ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)],
    ])
    func whatMakesNoSenseIsNamed(_ variables: [String: String]) async {
        let error = await refuses(.usage) { try environment(variables) }
        #expect(variables.keys.contains { error?.message.contains($0) ?? false })
    }

    @Test func oneSocketIsTakenAndNoMore() async {
        let error = await refuses(.usage) {
            try environment(["LISTEN_PID": "4711", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "almd.socket:other"])
        }
        #expect(error?.message.contains("almd.socket:other") ?? false)
    }

    @Test func theVariablesAreGoneOnceTheyWereRead() throws {
        for name in ServiceEnvironment.names { #expect(getenv(name) == nil) }
        setenv("NOTIFY_SOCKET", "@almd-test", 1)
        setenv("LISTEN_PID", "1", 1)
        setenv("LISTEN_FDS", "7", 1)
        #expect(try ServiceEnvironment.taken() == ServiceEnvironment(notices: NoticeAddress("@almd-test")))
        for name in ServiceEnvironment.names { #expect(getenv(name) == nil) }
    }
}
