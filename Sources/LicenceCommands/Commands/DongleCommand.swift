import ArgumentParser

/// `almctl dongle`
struct DongleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dongle", abstract: "What an administrator does about dongles.",
        subcommands: [AcceptDongleCommand.self])
}
