import ArgumentParser
import Control
import TransferCodes

/// `almctl offline-transfer reclaim --input FILE`
struct ReclaimCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "reclaim", abstract: "At the source: loads a return code and takes the key back.")

    @OptionGroup var source: InputOptions
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let daemon = common.daemon(in: environment)
        let (step, repairs) = try await source.load(.returning, by: common, in: environment) { input in
            (try await daemon.call(Calls.Reclaim(code: input.text)).step, input.repairs)
        }
        try StepPrinter(environment: environment, json: common.json, repairs: repairs)
            .finish(step, done: StepSentence.takenBack)
        return .done
    }
}
