import ArgumentParser
import Control
import TransferCodes

/// `almctl offline-transfer activate --input FILE`, step 4, at the target.
struct ActivateCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate", abstract: "Step 4, at the target: loads an activation code; the key is active.")

    @OptionGroup var source: InputOptions
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let daemon = common.daemon(in: environment)
        let (step, repairs) = try await source.load(.activation, by: common, in: environment) { input in
            (try await daemon.call(Calls.Activate(code: input.text)).step, input.repairs)
        }
        try StepPrinter(environment: environment, json: common.json, repairs: repairs)
            .finish(step, done: StepSentence.activated)
        return .done
    }
}
