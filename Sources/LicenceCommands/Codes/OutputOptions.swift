import ArgumentParser
import TransferCodes

/// Where the code that a command makes goes.
struct OutputOptions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("The file for the code; without it the code is printed.", valueName: "file"))
    var output: String?

    @Flag(help: "Replace a file that holds something else.")
    var force = false

    /// The file, where one was given.
    ///
    /// - Parameter kinds: which codes the command may make; a file with such a one may be the command's own.
    /// - Throws: where it can be told now that the code can't go there.
    func file(for kinds: [CodeKind]) throws(CommandError) -> OutputFile? {
        guard let output, output != "-" else { return nil }
        let file = try OutputFile(output)
        try file.check(force: force) { bytes in
            kinds.contains { (try? CodeReader.read(bytes, expecting: $0)) != nil }
        }
        return file
    }
}
