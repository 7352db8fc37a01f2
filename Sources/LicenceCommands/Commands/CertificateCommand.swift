import ArgumentParser

/// `almctl certificate`
struct CertificateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "The certificate of a licence, to read or to file.",
        subcommands: [CertificatePageCommand.self, CertificateExportCommand.self, CertificateImportCommand.self],
        defaultSubcommand: CertificatePageCommand.self)
}
