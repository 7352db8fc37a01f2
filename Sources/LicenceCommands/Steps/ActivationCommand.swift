import ArgumentParser
import Control
import TransferCodes

/// `almctl offline-transfer activation --input FILE`, step 3, at the source.
struct ActivationCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "activation",
        abstract: "Step 3, at the source: loads a request code, gives up the key and makes the activation code.",
        discussion: """
            On a terminal it shows first what is asked for, and asks. Given again with the same request code, it \
            prints the same activation code again.
            """)

    @OptionGroup var source: InputOptions
    @Option(help: "Give up the key only if the request has this fingerprint, as the target shows it.")
    var fingerprint: String?
    @Flag(help: "Take the licence away from an application that uses it.") var evenIfInUse = false
    @Flag(help: "Don't ask.") var yes = false
    @OptionGroup var target: OutputOptions
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let destination = try target.destination(for: [.activation], json: common.json)
        let daemon = common.daemon(in: environment)
        let (step, repairs) = try await source.load(.request, by: common, in: environment) { input in
            // What was read from standard input has used it up: there is no answer to be had from it.
            var fingerprint = fingerprint
            if !yes, !source.readsStandardInput, common.mayAsk(in: environment) {
                let found = try await daemon.call(Calls.Recognise(code: input.lines))
                fingerprint = try Consent(environment).obtain(for: found) ?? fingerprint
            }
            let reply = try await daemon.call(
                Calls.Release(code: input.text, fingerprint: fingerprint, evenIfInUse: evenIfInUse))
            return (reply.step, input.repairs)
        }
        try StepPrinter(
            environment: environment, json: common.json, repairs: repairs, destination: destination
        ).finish(step)
        return .done
    }
}
