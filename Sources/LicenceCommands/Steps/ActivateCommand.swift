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
        let input = try source.code(.activation, in: environment)
        let reply = try await common.daemon(in: environment).call(Calls.Activate(code: input.text))
        try StepPrinter(environment: environment, json: common.json, repairs: input.repairs)
            .finish(reply.step, done: StepSentence.activated)
        return .done
    }
}
