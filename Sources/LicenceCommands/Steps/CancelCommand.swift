import ArgumentParser
import Control

/// `almctl offline-transfer cancel TRANSFER`
struct CancelCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "At the source: withdraws a start code; the key stays.")

    @Argument(help: "The transfer, six characters.") var transfer: String
    @Option(help: ArgumentHelp("The place, where several know the transfer.", valueName: "location")) var at: String?
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let reply = try await common.daemon(in: environment).call(Calls.Cancel(transfer: transfer, at: at))
        try StepPrinter(environment: environment, json: common.json)
            .finish(reply.step, done: StepSentence.cancelled)
        return .done
    }
}
