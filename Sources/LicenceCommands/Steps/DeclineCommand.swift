import ArgumentParser
import Control
import TransferCodes

/// `almctl offline-transfer decline TRANSFER`
struct DeclineCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "decline",
        abstract: "At the target, instead of activating: gives a request up for good and makes the return code.")

    @Argument(help: "The transfer, six characters.") var transfer: String
    @Option(help: ArgumentHelp("The place, where several know the transfer.", valueName: "location")) var at: String?
    @OptionGroup var target: OutputOptions
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let destination = try target.destination(for: [.returning], json: common.json)
        let reply = try await common.daemon(in: environment).call(Calls.Decline(transfer: transfer, at: at))
        try StepPrinter(environment: environment, json: common.json, destination: destination)
            .finish(reply.step)
        return .done
    }
}
