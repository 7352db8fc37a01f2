import ArgumentParser
import Glibc
import LicenceCommands
import Licensing
import VaultStore
import Vaults

/// `almvendor mint DIR --product … --product-version … --type …`
struct MintCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "mint", abstract: "Makes a licence key in the vendor's store.",
        discussion: "While a daemon has the store open, nothing is minted: stop it first.")

    @Argument(help: "The vendor's state directory.") var dir: String
    @Option(help: "The product: 1 to 16 bytes.") var product: String
    @Option(help: "Its version: 1 to 12 characters.") var productVersion: String
    @Option(help: "single, floating or count.") var type: String
    @Option(help: "How many may use it (floating) or how many units it is for (count).") var quantity: UInt16 = 1
    @Option(help: "The last day on which it may be used, YYYY-MM-DD; without it there is none.") var validUntil: String?
    @Option(help: "A file whose first line is the passphrase of the signing key.") var passphraseFile: String?
    @Flag(help: "Answer in JSON, for programs.") var json = false

    private struct Report: Encodable {
        let licence, product, productVersion, type: String
        let quantity: Int
        let validUntil: String?
    }

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let home = try VendorHome(dir)
        let occasion = Occasion(now: environment.now(), user: geteuid())
        let terms = try terms(on: occasion)
        let store = try SQLiteVault.open(
            localStoreIn: home.folder, creation: .never, machine: .ofThisMachine(), random: environment.randomBytes)
        let key = try home.key(Passphrase(environment: environment, file: passphraseFile))
        guard let seed = Seed(environment.randomBytes(Seed.size)) else {
            preconditionFailure("the source of random bytes gave another number than asked for")
        }
        let certificate = try Certificate(
            terms: terms, number: LicenceNumber(randomBytes: environment.randomBytes),
            publicKey: seed.agreementKey.point, signedBy: key)
        try store.mint(certificate, seed, on: occasion)
        if json {
            try environment.emit(
                Report(
                    licence: certificate.number.description, product: terms.product,
                    productVersion: terms.productVersion, type: terms.type.name, quantity: Int(terms.quantity),
                    validUntil: terms.validUntil?.description))
        } else {
            try environment.say("\(certificate.number)\n")
        }
        return .done
    }

    private func terms(on occasion: Occasion) throws -> LicenceTerms {
        guard let type = LicenceType(name: type) else {
            throw ValidationError("the type has to be single, floating or count")
        }
        guard let today = occasion.now.day else { throw ValidationError("the machine's clock is not right") }
        let end = try validUntil.map { text in
            guard let day = CalendarDay(text) else { throw ValidationError("\(text) is no day; write YYYY-MM-DD") }
            return day
        }
        do {
            return try LicenceTerms(
                product: product, productVersion: productVersion, type: type, quantity: quantity, issued: today,
                validUntil: end)
        } catch {
            throw ValidationError(error.parameters[.reason] ?? error.message)
        }
    }
}

extension LicenceNumber {
    /// A random number.
    fileprivate init(randomBytes: (Int) -> [UInt8]) {
        self.init(rawValue: randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}
