import ArgumentParser
import Control

/// `almctl move KEY --to LOCATION`
struct MoveCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Moves a licence key between the local store and a dongle of this machine.",
        discussion: "Cut off half way, the same command goes on where it stopped; the key is never lost.")

    @Argument(help: "The licence number, or an unambiguous beginning of it.") var key: String
    @Option(
        help: ArgumentHelp(
            "Where the key is to go: local, or usb: and a dongle's serial number.", valueName: "location"))
    var to: String
    @Flag(help: "Take the licence away from an application that uses it.") var evenIfInUse = false
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let reply = try await common.daemon(in: environment)
            .call(Calls.Move(key: key, to: to, evenIfInUse: evenIfInUse))
        try StepPrinter(environment: environment, json: common.json).finish(reply.step) {
            "licence \($0.transfer.licence) (\($0.transfer.product) \($0.transfer.productVersion)) is in \(to)"
        }
        return .done
    }
}
