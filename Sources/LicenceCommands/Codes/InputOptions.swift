import ArgumentParser
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
    var input: [String]

    func validate() throws {
        guard !input.isEmpty else { throw ValidationError("Missing expected argument '--input <file>'") }
        guard input.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input can be read only once")
        }
    }

    /// Whether standard input is used up by the code.
    var readsStandardInput: Bool { input.contains("-") }

    /// The code's text.
    func code(_ kind: CodeKind, in environment: CommandEnvironment) throws -> CodeInput {
        try CodeInput.read(input, expecting: kind, in: environment)
    }
}
