import ArgumentParser
import Control
import Licensing

/// `almctl certificate import FILE`
struct CertificateImportCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "At the target: takes in a certificate, so that start codes need not carry it."
    )

    @Argument(help: ArgumentHelp("The file that `certificate export` made; - for standard input.", valueName: "file"))
    var file: String
    @OptionGroup var common: CommonOptions

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let limit = Certificate.longestFile
        let bytes =
            file == "-"
            ? try environment.console.readAll(limit: limit) : try InputFile.read(path: file, limit: limit)
        let certificate = try Certificate(fileText: String(decoding: bytes, as: UTF8.self))
        let reply = try await common.daemon(in: environment)
            .call(Calls.ImportCertificate(certificate: certificate.bytes.hexadecimal))
        if common.json {
            try environment.emit(reply)
        } else {
            try environment.say(
                paragraph:
                    "certificate \(reply.name) (\(reply.product) \(reply.productVersion), licence \(reply.licence)) "
                    + (reply.repeated ? "is known here already" : "is known here now"))
        }
        return .done
    }
}
