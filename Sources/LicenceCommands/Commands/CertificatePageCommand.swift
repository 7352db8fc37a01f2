import ArgumentParser
import Control
import Glibc
import Licensing

/// `almctl certificate KEY`, the same as `almctl certificate page KEY`
struct CertificatePageCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "page",
        abstract: "Says what is licensed, who holds it and where it has been, as text or as a page to file.",
        discussion: "It speaks of the moment it is made; give --force to replace an older file.")

    @Argument(help: "The licence number, or an unambiguous beginning of it.") var key: String
    @Flag(help: "Make a page to print (HTML), as for a file whose name ends with .html.") var sheet = false
    @Option(help: ArgumentHelp("The file; without it the certificate is printed.", valueName: "file"))
    var output: String?
    @Flag(help: "Replace a file that holds something else.") var force = false
    @OptionGroup var common: CommonOptions

    /// What a program is told: where it is.
    private struct Report: Encodable {
        let licence, output: String
    }

    func validate() throws {
        if common.json, output ?? "-" == "-" {
            throw ValidationError("with --json the certificate needs a file: add --output FILE.html")
        }
    }

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let reply = try await common.daemon(in: environment).call(Calls.Show(key: key))
        let certificate = LicenceSheet(
            key: reply.key, transfers: reply.transfers, machine: Self.machineName(),
            moment: environment.now().description)
        let isPage = sheet || output.flatMap { CodeForm(path: $0) } == .sheet
        let text = isPage ? certificate.html : certificate.text
        guard let output, output != "-" else {
            try environment.say(text)
            return .done
        }
        let file = try OutputFile(output)
        try file.write(text, force: force)
        if common.json {
            try environment.emit(Report(licence: reply.key.licence, output: file.path))
        } else {
            try environment.say("licence \(reply.key.licence): the certificate is in \(file.path)\n")
        }
        return .done
    }

    /// The name that the machine calls itself.
    private static func machineName() -> String {
        var room = [CChar](repeating: 0, count: 256)
        guard gethostname(&room, room.count - 1) == 0 else { return "not known" }
        return String(decoding: room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
