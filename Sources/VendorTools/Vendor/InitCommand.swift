import ArgumentParser
import LicenceCommands
import Licensing
import VaultStore

/// `almvendor init DIR --name NAME`
struct InitCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Makes a vendor: a signing key, vendor.pub, and an empty store.")

    @Argument(help: "The vendor's state directory.") var dir: String
    @Option(help: "The vendor's name, as people will see it.") var name: String
    @Option(help: "A file whose first line is the passphrase for the signing key.") var passphraseFile: String?
    @Flag(help: "Answer in JSON, for programs.") var json = false

    private struct Report: Encodable {
        let vendor, name, publicKey, signingKey: String
        let isProtected: Bool
    }

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let home = VendorHome(dir)
        let (key, secret) = try newKey(environment)
        let passphrase = try Passphrase(environment: environment, file: passphraseFile).new()
        let file: SigningKeyFile
        do {
            file = try SigningKeyFile(
                secret, name: name, passphrase: passphrase, randomBytes: environment.randomBytes)
        } catch {
            throw home.signingKey.refused("\(error)")
        }
        // The key first: a store without its key could mint nothing, and a key that is there is never written over.
        try home.signingKey.create(file)
        _ = try SQLiteVault.open(localStoreIn: home.folder, random: environment.randomBytes)
        try OutputFile(home.publicKeyPath).write(key.vendor.fileText, force: false)
        if passphrase == nil {
            environment.note("warning: \(home.signingKey.path) is in clear; whoever reads it can sign licences\n")
        }
        if json {
            try environment.emit(
                Report(
                    vendor: key.vendor.identifier.description, name: name, publicKey: home.publicKeyPath,
                    signingKey: home.signingKey.path, isProtected: passphrase != nil))
        } else {
            try environment.say(
                """
                vendor \(key.vendor.identifier), \(name)
                \(home.publicKeyPath) goes into every machine's vendors folder
                \(home.signingKey.path) signs: keep it safe, and a copy elsewhere

                """)
        }
        return .done
    }

    /// A fresh private key with the name that was given.
    private func newKey(_ environment: CommandEnvironment) throws -> (VendorSigningKey, Secret) {
        let secret = Secret(environment.randomBytes(32))
        guard let key = VendorSigningKey(name: name, secret: secret) else {
            throw ValidationError("the name has to have 1 to \(Vendor.longestName) printable bytes")
        }
        return (key, secret)
    }
}
