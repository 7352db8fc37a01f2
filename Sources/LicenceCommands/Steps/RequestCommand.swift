import ArgumentParser
import Control
import TransferCodes

/// `almctl offline-transfer request --input FILE --to LOCATION`, step 2, at the target.
struct RequestCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "Step 2, at the target: loads a start code and makes the request code.",
        discussion: "Whatever could keep the key from being used here is checked now, before it leaves the source.")

    @OptionGroup var source: InputOptions
    @Option(
        help: ArgumentHelp(
            "Where the key is to go: local, or usb: and a dongle's serial number.", valueName: "location"))
    var to: String
    @OptionGroup var target: OutputOptions
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let destination = try target.destination(for: [.request], json: common.json)
        let input = try source.code(.start, in: environment)
        let reply = try await common.daemon(in: environment).call(Calls.Request(code: input.text, to: to))
        try StepPrinter(
            environment: environment, json: common.json, repairs: input.repairs, destination: destination
        ).finish(reply.step)
        return .done
    }
}
