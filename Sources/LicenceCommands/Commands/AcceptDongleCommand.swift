import ArgumentParser
import Control

/// `almctl dongle accept SERIAL`
struct AcceptDongleCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Accepts a dongle that came back older than it was.",
        discussion: """
            A dongle whose state is older than it was here before was restored from a copy, and its keys may be in use \
            elsewhere. Accept it only if you know why.
            """)

    @Argument(help: "The dongle's serial number.") var serial: String
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let reply = try await common.daemon(in: environment).call(Calls.AcceptDongle(serial: serial))
        if common.json {
            try environment.emit(reply)
        } else {
            try environment.say("dongle \(reply.serial) is accepted as it is\n")
        }
        return .done
    }
}
