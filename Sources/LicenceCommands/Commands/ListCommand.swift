import ArgumentParser
import Control

/// `almctl list`
struct ListCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the licence keys of this machine and of the dongles that are plugged in.")

    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let reply = try await common.daemon(in: environment).call(Calls.List())
        if common.json {
            try environment.emit(reply.keys)
        } else {
            try environment.say(KeyList(keys: reply.keys, places: reply.places).text)
        }
        return .done
    }
}
