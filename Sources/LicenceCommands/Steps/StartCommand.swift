import ArgumentParser
import Control
import TransferCodes

/// `almctl offline-transfer start KEY`, step 1, at the source.
struct StartCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Step 1, at the source: makes the start code of a key.",
        discussion: "The key stays usable here. Given again, the command prints the same code again.")

    @Argument(help: "The licence number, or an unambiguous beginning of it.") var key: String
    @Flag(name: .customLong("new"), help: "Withdraw the start code that is out, and make a new one.") var anew = false
    @Flag(
        help: """
            Leave the certificate out, for a target that knows it: 40 characters. See almctl certificate export.
            """)
    var short = false
    @OptionGroup var target: OutputOptions
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let destination = try target.destination(for: [.start, .shortStart], json: common.json)
        let reply = try await common.daemon(in: environment).call(Calls.Offer(key: key, anew: anew, short: short))
        try StepPrinter(environment: environment, json: common.json, destination: destination)
            .finish(reply.step)
        return .done
    }
}
