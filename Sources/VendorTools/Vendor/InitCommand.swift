import ArgumentParser
import LicenceCommands
import Licensing
import VaultStore

/// `almvendor init DIR --name NAME`
struct InitCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Makes a vendor: a signing key, vendor.pub, and an empty store.",
        discussion: """
            Cut off half way, the same command makes what is missing. With a signing key in DIR.signing-key, as from a \
            backup, and no DIR, it makes a new store for the same vendor.
            """)

    @Argument(help: "The vendor's state directory.") var dir: String
    @Option(help: "The vendor's name, as people will see it.") var name: String
    @Option(help: "A file whose first line is the passphrase for the signing key.") var passphraseFile: String?
    @Flag(help: "Answer in JSON, for programs.") var json = false

    private struct Report: Encodable {
        let vendor, name, publicKey, signingKey: String
        let isProtected: Bool
    }

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome { try make(in: environment) }

    // Nothing here waits. In an asynchronous function, errors of several types in one place make the optimiser of Swift
    // 6.3.1 end with "Broken module found", so this one is not to be inlined into one.
    @inline(never)
    private func make(in environment: CommandEnvironment) throws -> CommandOutcome {
        let home = try VendorHome(dir)
        guard !home.isComplete else { throw LicenceError(.storeExists, [.path: home.folder]) }
        let passphrase = Passphrase(environment: environment, file: passphraseFile)
        let (vendor, isProtected) =
            if let file = try home.signingKey.read() {
                try finish(home, file, passphrase, environment)
            } else {
                try begin(home, passphrase, environment)
            }
        try OutputFile(home.publicKeyPath).write(vendor.fileText, force: false)
        if !isProtected {
            environment.note("warning: \(home.signingKey.path) is in clear; whoever reads it can sign licences\n")
        }
        if json {
            try environment.emit(
                Report(
                    vendor: vendor.identifier.description, name: vendor.name, publicKey: home.publicKeyPath,
                    signingKey: home.signingKey.path, isProtected: isProtected))
        } else {
            try environment.say(
                """
                vendor \(vendor.identifier), \(vendor.name)
                \(home.publicKeyPath) goes into every machine's vendors folder
                \(home.signingKey.path) signs: keep it safe, and a copy elsewhere

                """)
        }
        return .done
    }

    /// Makes key and store. The key comes first: a store without its key could mint nothing. Where the store can't be
    /// made, the key is taken away again, which nobody has seen by then.
    private func begin(
        _ home: VendorHome, _ passphrase: Passphrase, _ environment: CommandEnvironment
    ) throws -> (Vendor, isProtected: Bool) {
        let secret = Secret(environment.randomBytes(32))
        guard let key = VendorSigningKey(name: name, secret: secret) else {
            throw ValidationError("the name has to have 1 to \(Vendor.longestName) printable bytes")
        }
        let words = try passphrase.new()
        let file: SigningKeyFile
        do {
            file = try SigningKeyFile(secret, name: name, passphrase: words, randomBytes: environment.randomBytes)
        } catch {
            throw home.signingKey.refused("\(error)")
        }
        try home.signingKey.create(file)
        do {
            _ = try SQLiteVault.open(
                localStoreIn: home.folder, creation: .always, machine: .ofThisMachine(),
                random: environment.randomBytes)
        } catch {
            home.signingKey.remove()
            throw error
        }
        return (key.vendor, words != nil)
    }

    /// Goes on with the key that is there.
    private func finish(
        _ home: VendorHome, _ file: SigningKeyFile, _ passphrase: Passphrase, _ environment: CommandEnvironment
    ) throws -> (Vendor, isProtected: Bool) {
        let vendor = try home.key(passphrase).vendor
        guard vendor.name == name else {
            throw home.signingKey.refused("it is there already, and is that of \(vendor.name)")
        }
        try home.signingKey.sync()
        _ = try SQLiteVault.open(
            localStoreIn: home.folder, creation: .ifMissing, machine: .ofThisMachine(), random: environment.randomBytes)
        return (vendor, file.isProtected ?? false)
    }
}
