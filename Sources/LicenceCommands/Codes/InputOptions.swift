import ArgumentParser
import Licensing
import TransferCodes

/// Where the code that a command loads comes from.
struct InputOptions: ParsableArguments, Sendable {
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            """
            The file with the code: text in any form, a mail, a picture with a QR picture in it; - for standard \
            input. Given several times, the parts of one code.
            """,
            valueName: "file"))
    var input: [String] = []

    @Flag(help: "Ask for the code line by line at the terminal; each line is checked as it is typed.")
    var interactive = false

    func validate() throws {
        guard !input.isEmpty || interactive else {
            throw ValidationError("Missing expected argument '--input <file>' or '--interactive'")
        }
        guard input.isEmpty || !interactive else {
            throw ValidationError("either --input or --interactive: one code is loaded at a time")
        }
        guard input.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input can be read only once")
        }
    }

    /// Whether standard input is used up by the code.
    var readsStandardInput: Bool { input.contains("-") }

    /// Reads the code and has `step` done with it.
    ///
    /// - Throws: `usage` where a person has to type it and can't be asked, what keeps the code from being read, and what
    ///   `step` throws.
    func load<Reply>(
        _ kind: CodeKind, by common: CommonOptions, in environment: CommandEnvironment,
        _ step: (CodeInput) async throws -> Reply
    ) async throws -> Reply {
        let daemon = common.daemon(in: environment)
        guard interactive else {
            let input = try await CodeInput.read(input, expecting: kind, in: environment, daemon: daemon)
            return try await input.use(in: environment, step)
        }
        guard common.mayAsk(in: environment) else {
            throw LicenceError(
                .usage,
                [
                    .reason: "--interactive asks at a terminal, and without --json",
                    .command: "run it at a terminal, or give --input FILE",
                ])
        }
        var entry = CodeEntry(environment: environment, daemon: daemon, kind: kind)
        return try await entry.load(step)
    }
}
