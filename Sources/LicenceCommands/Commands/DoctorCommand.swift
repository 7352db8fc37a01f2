import ArgumentParser
import Control
import Licensing

/// `almctl doctor`
struct DoctorCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Looks for faults, and says of each who has to act and how.",
        discussion: """
            It asks the daemon, and looks at what the system itself shows, also where no daemon runs. Nothing is \
            changed. As root it sees more: which licences are concerned, and which program has claimed a dongle.

            Exit status: 0 no problem was found, 1 there is one, 2 wrong usage.
            """)

    @OptionGroup var common: CommonOptions

    /// The answer for programs.
    private struct Report: Encodable {
        let findings: [FindingEntry]
        let problems: Int
    }

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let daemon = common.daemon(in: environment)
        let examination = Examination(
            tree: environment.system, socket: daemon.path,
            answer: await Self.ask(daemon, within: environment.diagnosisTime))
        let list = FindingList(findings: examination.findings)
        if common.json {
            try environment.emit(Report(findings: list.findings, problems: list.problems))
        } else {
            try environment.say(list.text)
        }
        return list.problems == 0 ? .done : .status(1)
    }

    /// A daemon that hangs may have accepted the connection all the same, and even have greeted.
    private static func ask(
        _ daemon: Daemon, within patience: Duration
    ) async -> Result<Calls.Diagnose.Reply, LicenceError> {
        let silence = Result<Calls.Diagnose.Reply, LicenceError>.failure(
            ControlClient.silence(path: daemon.path, after: patience))
        return await withTaskGroup(of: Result<Calls.Diagnose.Reply, LicenceError>.self) { group in
            group.addTask { await ask(daemon) }
            group.addTask {
                // Ends early only where the answer came first.
                try? await Task.sleep(for: patience)
                return silence
            }
            defer { group.cancelAll() }
            return await group.next() ?? silence
        }
    }

    /// Whatever keeps the daemon from answering is a finding like any other.
    private static func ask(_ daemon: Daemon) async -> Result<Calls.Diagnose.Reply, LicenceError> {
        do {
            return .success(try await daemon.call(Calls.Diagnose()))
        } catch {
            return .failure(
                error as? LicenceError ?? LicenceError(.notADaemon, [.path: daemon.path, .reason: "\(error)"]))
        }
    }
}
