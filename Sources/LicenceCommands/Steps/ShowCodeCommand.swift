import ArgumentParser
import Control
import TransferCodes

/// `almctl offline-transfer show TRANSFER`
struct ShowCodeCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Gives once more, in any form, the code that this machine made last for a transfer.")

    @Argument(help: "The transfer, six characters.") var transfer: String
    @Option(help: ArgumentHelp("The place, where several know the transfer.", valueName: "location")) var at: String?
    @Flag(help: "Give the short form of a start code, for a target that knows the certificate.") var short = false
    @OptionGroup var target: OutputOptions
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let destination = try target.destination(for: CodeKind.allCases, json: common.json)
        let reply = try await common.daemon(in: environment)
            .call(Calls.ShowCode(transfer: transfer, at: at, short: short))
        try StepPrinter(environment: environment, json: common.json, destination: destination)
            .finish(reply.step) { "transfer \($0.transfer.transfer) has no code to show" }
        return .done
    }
}
