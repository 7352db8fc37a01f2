import Foundation
import LicenceCommands
import Licensing
import TestKit
import Testing

/// What one command line of `almctl` came to.
struct CommandLineRun {
    let status: Int32
    let outcome: CommandOutcome
    let console: ScriptedConsole

    var output: String { console.output }
    var errors: String { console.errors }

    /// Runs `almctl` with these arguments against `daemon`; nil: none can be connected to, because of `refusal`.
    init(
        _ arguments: [String], daemon: FakeDaemon?, console: ScriptedConsole = ScriptedConsole(),
        variables: [String: String] = [:], system: SystemTree = SystemTree(), diagnosisTime: Duration = .seconds(30),
        refusal: LicenceError.Code = .daemonNotRunning
    ) async {
        self.console = console
        let random = RandomSource()
        let environment = CommandEnvironment(
            console: console, variables: variables,
            connect: { path in
                guard let daemon else { throw LicenceError(refusal, [.path: path, .reason: "the test says so"]) }
                return daemon.connected(at: path)
            },
            now: { Timestamp(seconds: 1_772_352_000) }, randomBytes: { random.bytes($0) }, system: system,
            diagnosisTime: diagnosisTime)
        outcome = await CommandRunner.run(Almctl.self, arguments, in: environment)
        status = outcome.exitStatus
    }

    /// Standard output as JSON, whatever its shape.
    func json() throws -> Any {
        try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
    }

    /// Standard output as a JSON object.
    func object() throws -> [String: Any] {
        try #require(json() as? [String: Any])
    }

    /// The `error` of standard output.
    func error() throws -> [String: String] {
        try #require(object()["error"] as? [String: String])
    }
}

extension String {
    /// The text without the line ends of a terminal's width.
    var unwrapped: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
