import ArgumentParser
import Control

/// `almctl monitor`
struct MonitorCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor", abstract: "Shows what happens from now on, until Ctrl-C: dongles, keys, licences.")

    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        try await common.daemon(in: environment).connected { connection in
            try await connection.forEachEvent { event in
                if common.json {
                    try environment.emit(event, onOneLine: true)
                } else {
                    try environment.say(event.line)
                }
            }
        }
        return .done
    }
}

extension EventEntry {
    /// `2026-11-21 05:10:33 UTC  mounted   usb:4711  7K3MQ-2V9DX-0HJ  detail`
    fileprivate var line: String {
        let kind = kind + String(repeating: " ", count: max(0, 9 - kind.count))
        let parts = [Moment.exactText(time), kind] + [location, licence, detail].compactMap(\.self)
        return Question.trimmed(parts.joined(separator: "  ")) + "\n"
    }
}
