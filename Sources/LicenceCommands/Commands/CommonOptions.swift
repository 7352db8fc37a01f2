import ArgumentParser

/// What every command of `almctl` takes.
struct CommonOptions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("The daemon's socket; ALMD_SOCKET does the same.", valueName: "path"))
    var socket: String?

    @Flag(help: "Answer in JSON, for programs; nothing is asked.")
    var json = false

    init() {}

    /// The daemon that is meant: `--socket`, else `ALMD_SOCKET`, else the installed one.
    func daemon(in environment: CommandEnvironment) -> Daemon {
        let variable = environment.variables["ALMD_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        return Daemon(path: socket ?? variable ?? Daemon.installedPath, connect: environment.connect)
    }

    /// Whether the person at the terminal may be asked something.
    func mayAsk(in environment: CommandEnvironment) -> Bool {
        !json && environment.console.isInteractive
    }
}
