import ArgumentParser
import TransferCodes

/// Where the code that a command loads comes from.
struct InputOptions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("The file with the code, or - for standard input.", valueName: "file"))
    var input: String

    /// The code's text.
    func code(_ kind: CodeKind, in environment: CommandEnvironment) throws -> CodeInput {
        try CodeInput.read(input, expecting: kind, in: environment)
    }
}
