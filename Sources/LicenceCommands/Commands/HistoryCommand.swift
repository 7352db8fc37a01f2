import ArgumentParser
import Control

/// `almctl history [KEY]`
struct HistoryCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Shows what happened to the keys of the local store: what, when, by whom.",
        discussion: """
            Each line was written together with what it tells of, so that one is never there without the other. The \
            store keeps its last 10,000 lines. The time is that of this machine's clock, and the user a number, 0 for \
            root. What happens on a dongle stays on the dongle. For administrators of licences.

            A transfer that ended with its receipt is "settled", one that an administrator closed without a receipt \
            "closed". A start code that a person or a fresh one took back is "withdrawn", one that 1,000 request codes \
            answered wrongly "guessed".
            """)

    @Argument(help: "A licence number, or an unambiguous beginning of it; also of a key that has left.")
    var key: String?
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let lines = try await common.daemon(in: environment).call(Calls.History(key: key)).lines
        if common.json {
            try environment.emit(lines)
        } else if lines.isEmpty {
            try environment.say(
                paragraph: key.map { "the local store remembers nothing of a licence key \($0)" }
                    ?? "nothing has happened in the local store yet")
        } else {
            var table = Table("WHEN", "WHAT", "LICENCE", "TRANSFER", "USER")
            for line in lines {
                table.add(
                    Moment.exactText(line.time), line.event, line.licence, line.transfer ?? "-", "\(line.user)")
            }
            try environment.say(table.text)
        }
        return .done
    }
}
