import ArgumentParser
import Control

/// `almctl transfers`
struct TransfersCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfers", abstract: "Lists the transfers that something is left to do in, with the next step.",
        subcommands: [CloseCommand.self])

    @Flag(help: "List the closed ones too.") var all = false
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let reply = try await common.daemon(in: environment).call(Calls.Transfers(all: all))
        if common.json {
            try environment.emit(reply.transfers)
        } else if reply.transfers.isEmpty {
            try environment.say(
                all
                    ? "no transfer is known here\n"
                    : "nothing is left to do in any transfer; --all lists the closed ones\n")
        } else {
            try environment.say(TransferList(transfers: reply.transfers).text)
        }
        return .done
    }
}
