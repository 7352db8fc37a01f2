import LicenceCommands
import Licensing

/// What belongs to a vendor on disk: the state directory, `vendor.pub` in it, and the signing key beside it.
struct VendorHome {
    /// The state directory.
    let folder: String

    init(_ folder: String) {
        var folder = folder
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        self.folder = folder
    }

    /// The file that goes into every machine's vendors folder.
    var publicKeyPath: String { "\(folder)/vendor.pub" }

    /// The signing key.
    var signingKey: SigningKeyStorage { SigningKeyStorage(path: "\(folder).signing-key") }

    /// Reads the signing key.
    ///
    /// - Throws: `signingKeyRefused`, `passphraseRefused`, `passphraseWrong`.
    func key(_ passphrase: Passphrase) throws -> VendorSigningKey {
        guard let file = try signingKey.read() else { throw signingKey.refused("it is not there") }
        let secret = file.isProtected == true ? try passphrase.existing() : nil
        do {
            return try file.key(passphrase: secret)
        } catch {
            switch error {
            case .malformed(let reason): throw signingKey.refused(reason)
            case .passphraseNeeded, .passphraseWrong:
                throw CommandError(
                    .passphraseWrong, "the passphrase does not open \(signingKey.path)",
                    hint: "type it again; without it only a backup of the key under another one helps",
                    parameters: ["path": signingKey.path])
            }
        }
    }
}
