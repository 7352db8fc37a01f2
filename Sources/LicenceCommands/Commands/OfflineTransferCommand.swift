import ArgumentParser
import Licensing

/// `almctl offline-transfer`: the steps of a transfer between machines that never meet; alone, on a terminal, it asks.
struct OfflineTransferCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "offline-transfer",
        abstract: "Moves a licence key to another machine with codes; without a step, on a terminal, it asks.",
        discussion: """
            The four steps: start at the source, request at the target, activation at the source, activate at the \
            target. Each but the last makes a code for the other side, carried by file, mail, paper or voice.
            """,
        subcommands: [
            StartCommand.self, RequestCommand.self, ActivationCommand.self, ActivateCommand.self,
            DeclineCommand.self, ReclaimCommand.self, ReceiptCommand.self, SettleCommand.self, CancelCommand.self,
            ShowCodeCommand.self, FormCommand.self,
        ])

    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        guard common.mayAsk(in: environment) else {
            throw LicenceError(
                .usage,
                [
                    .reason: "without a terminal, the step has to be given",
                    .command:
                        "almctl offline-transfer start KEY begins; almctl offline-transfer --help lists the steps",
                ])
        }
        try await Wizard(environment: environment, daemon: common.daemon(in: environment)).run()
        return .done
    }
}
