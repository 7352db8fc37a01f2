import Control
import Licensing
import Testing

@testable import LicenceCommands

/// What `almctl` ends with, and how it reports what went wrong.
@Suite struct ExitStatusTests {
    private static let wrong: [[String]] = [
        ["lst"], ["list", "--colour"], ["show"], ["list", "extra"], ["offline-transfer", "request", "--to", "local"],
        ["offline-transfer", "activation"], ["offline-transfer"], ["transfers", "close", "ABCDEF"], ["use", "Product"],
        ["use", "Product", "--"], ["dongle", "accept"], ["move", "7K3"],
    ]

    @Test(arguments: wrong)
    func endsWith2AndAsksNobodyWhereItIsUsedWrongly(arguments: [String]) async {
        let daemon = FakeDaemon()
        let run = await CommandLineRun(arguments, daemon: daemon)
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("error: "))
        #expect(run.errors.contains("hint: "))
        #expect(daemon.callCount == 0)
    }

    @Test(arguments: wrong)
    func reportsWrongUsageToProgramsOnStandardOutput(arguments: [String]) async throws {
        var arguments = arguments
        arguments.insert("--json", at: arguments.firstIndex(of: "--") ?? arguments.endIndex)
        let run = await CommandLineRun(arguments, daemon: nil)
        #expect(run.status == 2)
        #expect(run.errors.isEmpty)
        let error = try run.error()
        #expect(error["name"] == "usage")
        #expect(error["message"]?.isEmpty == false)
        #expect(error["hint"]?.isEmpty == false)
    }

    @Test(arguments: [["--help"], ["list", "--help"], ["help", "offline-transfer"], ["--version"], []])
    func printsHelpAndEndsWith0(arguments: [String]) async {
        let run = await CommandLineRun(arguments, daemon: nil)
        #expect(run.status == 0)
        #expect(!run.output.isEmpty)
        #expect(run.errors.isEmpty)
    }

    @Test(arguments: LicenceError.Code.allCases)
    func reportsEveryErrorOfTheDaemonByName(code: LicenceError.Code) async throws {
        let daemon = FakeDaemon()
        daemon.on(Calls.List.self) { _ in throw LicenceError(code, [.licence: "7K3MQ-2V9DX-0HJ"]) }
        let expected = LicenceError(code, [.licence: "7K3MQ-2V9DX-0HJ"])

        let run = await CommandLineRun(["list"], daemon: daemon)
        #expect(run.status == (code == .usage || code == .noSuchLocation ? 2 : 1))
        #expect(run.errors == "error: \(expected.message)\nhint: \(expected.hint)\n")
        #expect(run.output.isEmpty)

        let json = await CommandLineRun(["list", "--json"], daemon: daemon)
        #expect(json.status == run.status)
        #expect(json.errors.isEmpty)
        #expect(
            try json.error() == [
                "name": code.rawValue, "message": expected.message, "hint": expected.hint, "licence": "7K3MQ-2V9DX-0HJ",
            ])
        #expect(daemon.openConnections == 0)
    }

    @Test func saysThatNoDaemonListens() async throws {
        let run = await CommandLineRun(["list", "--socket", "/tmp/none.sock"], daemon: nil)
        #expect(run.status == 1)
        #expect(run.errors.hasPrefix("error: no daemon listens on /tmp/none.sock\nhint: "))
    }

    @Test func choosesTheSocketByOptionThenVariableThenHabit() async {
        let daemon = FakeDaemon()
        daemon.on(Calls.List.self) { _ in Calls.List.Reply(keys: [], places: []) }
        let variable = ["ALMD_SOCKET": "/b.sock"]
        _ = await CommandLineRun(["list", "--socket", "/a.sock"], daemon: daemon, variables: variable)
        _ = await CommandLineRun(["list"], daemon: daemon, variables: variable)
        _ = await CommandLineRun(["list"], daemon: daemon, variables: ["ALMD_SOCKET": ""])
        #expect(daemon.paths == ["/a.sock", "/b.sock", "/run/almd/almd.sock"])
    }

    @Test(arguments: [["list"], ["list", "--json"], ["--help"]])
    func reportsThatItsOutputCouldNotBeWritten(arguments: [String]) async {
        let daemon = FakeDaemon()
        daemon.on(Calls.List.self) { _ in Calls.List.Reply(keys: [], places: []) }
        let run = await CommandLineRun(arguments, daemon: daemon, console: ScriptedConsole(failsToWrite: true))
        #expect(run.status == 1)
        #expect(run.errors.hasPrefix("error: standard output can't be written: no space is left\nhint: "))
    }

    @Test func takesTheFormFromWhatStandsBeforeTheCommandToRun() async throws {
        let run = await CommandLineRun(["use", "Product", "--", "cat", "--json"], daemon: nil)
        #expect(run.errors.hasPrefix("error: no daemon listens"))
        #expect(run.output.isEmpty)
    }

    @Test func takesTheFormAlsoBeforeTheStep() async throws {
        let run = await CommandLineRun(["offline-transfer", "--json", "cancel", "ABCDEF"], daemon: nil)
        #expect(try run.error()["name"] == "daemonNotRunning")
    }
}
