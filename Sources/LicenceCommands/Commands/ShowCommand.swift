import ArgumentParser
import Control

/// `almctl show KEY`
struct ShowCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows everything about one licence key, with its transfers.")

    @Argument(help: "The licence number, or an unambiguous beginning of it.") var key: String
    @OptionGroup var common: CommonOptions

    /// The key's own fields, with its transfers beside them.
    private struct Report: Encodable {
        let reply: Calls.Show.Reply

        private enum Key: String, CodingKey {
            case transfers
        }

        func encode(to encoder: any Encoder) throws {
            try reply.key.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(reply.transfers, forKey: .transfers)
        }
    }

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let reply = try await common.daemon(in: environment).call(Calls.Show(key: key))
        if common.json {
            try environment.emit(Report(reply: reply))
        } else {
            let transfers = reply.transfers.isEmpty ? "" : "\n" + TransferList(transfers: reply.transfers).text
            try environment.say(KeyDetails(key: reply.key).text + transfers)
        }
        return .done
    }
}
