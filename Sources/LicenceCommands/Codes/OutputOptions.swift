import ArgumentParser
import Licensing
import QRPictures
import TransferCodes

/// Where the code that a command makes goes, and in which form.
struct OutputOptions: ParsableArguments, Sendable {
    @Option(
        help: ArgumentHelp(
            """
            The file for the code; without it the code is printed. A name that ends with .png, .svg or .html says \
            what is wanted in it; any other is that of an .aut file.
            """,
            valueName: "file"))
    var output: String?

    @Flag(help: "Replace a file that holds something else.")
    var force = false

    @Flag(exclusivity: .exclusive)
    var form: CodeForm?

    /// Where the code goes.
    ///
    /// - Parameters:
    ///   - kinds: which codes the command may make; a file with such a one may be the command's own.
    ///   - json: whether standard output is for programs.
    /// - Throws: where it can be told now that the code can't go there.
    func destination(for kinds: [CodeKind], json: Bool) throws -> CodeDestination {
        guard let output, output != "-" else {
            if json, let form {
                throw LicenceError(
                    .usage,
                    [
                        .reason: "with --json, --\(form.rawValue) needs a file",
                        .command: "add --output FILE; without --\(form.rawValue) the lines are in the answer",
                    ])
            }
            return CodeDestination(form: form)
        }
        try form?.check(path: output)
        let file = try OutputFile(output)
        try file.check(force: force) { bytes in
            // Nobody reads the picture for this: whether it is the same is seen when it would be written.
            PictureFormat(bytes) == .png || CodeWrapping.holds(bytes, anyOf: kinds)
        }
        return CodeDestination(form: form ?? CodeForm(path: output), file: file, force: force)
    }
}
