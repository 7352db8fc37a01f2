import ArgumentParser
import Control
import Vaults

/// `almctl dongle accept SERIAL`
struct AcceptDongleCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Accepts a dongle that came back older than it was.",
        discussion: """
            A dongle whose state is older than it was here before was restored from a copy, and its keys may be in use \
            elsewhere. Accept it only if you know why.
            """)

    @Argument(help: "The dongle's serial number; usb: may stand before it, as in lists.") var serial: String
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let daemon = common.daemon(in: environment)
        let number = if case .usb(let number)? = try? Location(serial) { number.description } else { serial }
        let reply = try await daemon.call(Calls.AcceptDongle(serial: number))
        if common.json {
            try environment.emit(reply)
        } else {
            try environment.say("dongle \(reply.serial) is accepted as it is\n")
        }
        // It is accepted, whether the list comes or not.
        let location = "usb:\(reply.serial)"
        let place = try? await daemon.call(Calls.List()).places.first { $0.location == location }
        if let place, place.state == "LOCKED" {
            environment.note(
                paragraph: "warning: \(location) is LOCKED (\(place.problem ?? "")), and accepting is no cure "
                    + "for that: use the dongle that it was copied from, or ask the vendor to issue its keys anew")
        }
        return .done
    }
}
