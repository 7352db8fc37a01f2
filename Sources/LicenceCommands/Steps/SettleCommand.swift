import ArgumentParser
import Control
import TransferCodes

/// `almctl offline-transfer settle --input FILE`
struct SettleCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "settle", abstract: "At the source: loads a receipt code and closes the books of a transfer.")

    @OptionGroup var source: InputOptions
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let input = try source.code(.receipt, in: environment)
        let reply = try await common.daemon(in: environment).call(Calls.Settle(code: input.text))
        try StepPrinter(environment: environment, json: common.json, repairs: input.repairs)
            .finish(reply.step, done: StepSentence.settled)
        return .done
    }
}
