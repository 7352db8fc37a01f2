import ArgumentParser
import Control
import TransferCodes

/// `almctl offline-transfer receipt TRANSFER`
struct ReceiptCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt",
        abstract: "At the target: makes the receipt code of an active key, with which the source closes its books.")

    @Argument(help: "The transfer, six characters.") var transfer: String
    @Option(help: ArgumentHelp("The place, where several know the transfer.", valueName: "location")) var at: String?
    @OptionGroup var target: OutputOptions
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let destination = try target.destination(for: [.receipt], json: common.json)
        let reply = try await common.daemon(in: environment).call(Calls.Receipt(transfer: transfer, at: at))
        try StepPrinter(environment: environment, json: common.json, destination: destination)
            .finish(reply.step)
        return .done
    }
}
