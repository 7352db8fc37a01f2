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
        let input = try source.code(.returning, in: environment)
        let reply = try await common.daemon(in: environment).call(Calls.Reclaim(code: input.text))
        try StepPrinter(environment: environment, json: common.json, repairs: input.repairs)
            .finish(reply.step, done: StepSentence.takenBack)
        return .done
    }
}
