import ArgumentParser
import Control
import Licensing
import Vaults

/// `almctl transfers close TRANSFER --without-receipt`
struct CloseCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "close", abstract: "Closes the books of a released transfer without the target's receipt.",
        discussion: """
            For when no receipt code is to be had. The source then drops the activation code and what a return code \
            would open: if the key is not active at the target by then, it is lost.
            """)

    @Argument(help: "The transfer, six characters.") var transfer: String
    @Flag(help: "Says that the transfer is to be closed although its key may not have arrived.") var withoutReceipt =
        false
    @Option(help: ArgumentHelp("The place, where several know the transfer.", valueName: "location")) var at: String?
    @Flag(help: "Don't ask.") var yes = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard withoutReceipt else {
            throw ValidationError(
                "closing needs --without-receipt; with a receipt code: almctl offline-transfer settle --input FILE")
        }
    }

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let daemon = common.daemon(in: environment)
        if try await canBeClosed(daemon) { try warn(in: environment) }
        let reply = try await daemon.call(Calls.Close(transfer: transfer, at: at))
        try StepPrinter(environment: environment, json: common.json).finish(reply.step) {
            "transfer \($0.transfer.transfer) is closed without a receipt"
        }
        return .done
    }

    /// Whether the transfer is one that closing ends; else the daemon says what is so.
    private func canBeClosed(_ daemon: Daemon) async throws -> Bool {
        let name = TransferIdentifier(transfer)?.description
        return try await daemon.call(Calls.Transfers(all: true)).transfers.contains {
            $0.transfer == name && $0.role == "source" && $0.state == "RELEASED"
        }
    }

    private func warn(in environment: CommandEnvironment) throws {
        environment.note(
            paragraph:
                "warning: transfer \(transfer) loses its activation code and its way back; if the key is not active at "
                + "the target, it is lost")
        if !yes {
            guard common.mayAsk(in: environment) else {
                throw LicenceError(
                    .usage,
                    [
                        .reason: "closing a transfer without a receipt needs a person's yes",
                        .command: "repeat the command with --yes",
                    ])
            }
            try Question(environment).confirm("Close it?")
        }
    }
}
