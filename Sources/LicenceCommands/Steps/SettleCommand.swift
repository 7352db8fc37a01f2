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
        let daemon = common.daemon(in: environment)
        let (step, repairs) = try await source.load(.receipt, by: common, in: environment) { input in
            (try await daemon.call(Calls.Settle(code: input.text)).step, input.repairs)
        }
        try StepPrinter(environment: environment, json: common.json, repairs: repairs)
            .finish(step, done: StepSentence.settled)
        return .done
    }
}
