import ArgumentParser
import Control
import Licensing
import TransferCodes

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
        let certificate = try Self.certificate(in: bytes, name: file)
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

    /// - Throws: `codeWrongKind` for a start code, which is loaded elsewhere, and what is wrong with a certificate.
    private static func certificate(in bytes: [UInt8], name: String) throws(LicenceError) -> Certificate {
        do {
            return try Certificate(fileText: String(decoding: bytes, as: UTF8.self))
        } catch {
            guard case .success(let read) = CodeReader.reading(bytes, expecting: nil).result else { throw error }
            let kind = read.code.kind
            throw LicenceError(
                .codeWrongKind,
                [
                    .kind: kind.name,
                    .reason: "\(name) is no certificate but \(kind.nameWithArticle)",
                    .command: kind == .start || kind == .shortStart
                        ? "load it with: almctl offline-transfer request --input \(name)"
                        : "almctl offline-transfer alone asks for what it is to be loaded for",
                ])
        }
    }
}
