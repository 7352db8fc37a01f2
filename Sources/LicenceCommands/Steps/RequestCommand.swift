import ArgumentParser
import Control
import Licensing
import TransferCodes

/// `almctl offline-transfer request --input FILE --to LOCATION`, step 2, at the target.
struct RequestCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "Step 2, at the target: loads a start code and makes the request code.",
        discussion: "Whatever could keep the key from being used here is checked now, before it leaves the source.")

    @OptionGroup var source: InputOptions
    @Option(
        help: ArgumentHelp(
            """
            Where the key is to go: local, or usb: and a dongle's serial number. May be left out where there is only \
            one place.
            """,
            valueName: "location"))
    var to: String?
    @OptionGroup var target: OutputOptions
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let destination = try target.destination(for: [.request], json: common.json)
        let daemon = common.daemon(in: environment)
        let (step, repairs) = try await source.load(.start, by: common, in: environment) { input in
            let to = try await place(daemon, in: environment)
            return (try await daemon.call(Calls.Request(code: input.text, to: to)).step, input.repairs)
        }
        try StepPrinter(
            environment: environment, json: common.json, repairs: repairs, destination: destination
        ).finish(step)
        return .done
    }

    /// Where the key is to go: what was said, else the only place there is, else what the person answers.
    private func place(_ daemon: Daemon, in environment: CommandEnvironment) async throws -> String {
        if let to { return to }
        let ready = try await WizardPlace.ready(daemon)
        let places = ready.map(\.location)
        if places.count == 1, let only = places.first { return only }
        if common.mayAsk(in: environment), !source.readsStandardInput {
            return try WizardPlace(environment: environment).choose(among: ready)
        }
        throw LicenceError(
            .usage,
            [
                .reason: "the key could go to \(places.joined(separator: ", ")), and --to does not say where",
                .command: "add --to \(places.first ?? "local")",
            ])
    }
}
