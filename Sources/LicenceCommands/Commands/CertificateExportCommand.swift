import ArgumentParser
import Control
import Licensing

/// `almctl certificate export KEY`
struct CertificateExportCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Gives a licence's certificate as a file, for a target that loads short start codes.",
        discussion: "The certificate is public: it gives nobody the licence, and may travel and lie about as it likes.")

    @Argument(help: "The licence number, as much of its beginning as only one key has, or the name of the certificate.")
    var key: String
    @Option(help: ArgumentHelp("The file; without it the certificate is printed.", valueName: "file"))
    var output: String?
    @Flag(help: "Replace a file that holds something else.") var force = false
    @OptionGroup var common: CommonOptions

    /// What a program is told.
    private struct Report: Encodable {
        let licence, name, certificate: String
        let output: String?
    }

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let daemon = common.daemon(in: environment)
        let certificate = try await certificate(daemon)
        var file: OutputFile?
        if let output, output != "-" {
            file = try OutputFile(output)
            try file?.write(certificate.fileText, force: force)
        }
        if common.json {
            try environment.emit(
                Report(
                    licence: certificate.number.description, name: certificate.name,
                    certificate: certificate.bytes.hexadecimal, output: file?.path))
        } else if let file {
            try environment.say(
                paragraph:
                    "certificate \(certificate.name) of licence \(certificate.number) is in \(file.path); the target loads "
                    + "it with: almctl certificate import FILE")
        } else {
            try environment.say(certificate.fileText)
        }
        return .done
    }

    /// The certificate that is meant: by its own name, as a target asks for it, else by its licence's number.
    private func certificate(_ daemon: Daemon) async throws -> Certificate {
        let known = try await daemon.call(Calls.List()).keys.compactMap { try? Self.certificate(of: $0) }
        if let named = known.first(where: { $0.name == Crockford.normalised(key) }) { return named }
        return try Self.certificate(of: try await daemon.call(Calls.Show(key: key)).key)
    }

    private static func certificate(of key: KeyEntry) throws(LicenceError) -> Certificate {
        guard let bytes = [UInt8](hexadecimal: key.certificate) else {
            throw LicenceError(.certificateMalformed, [.reason: "it is not in hexadecimal digits"])
        }
        return try Certificate(bytes: bytes)
    }
}
