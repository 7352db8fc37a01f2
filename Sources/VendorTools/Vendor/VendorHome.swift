import ArgumentParser
import Glibc
import LicenceCommands
import Licensing

/// What belongs to a vendor on disk: the state directory, `vendor.pub` in it, and the signing key beside it.
struct VendorHome {
    /// The state directory.
    let folder: String

    /// - Throws: wrong usage where the directory has no name to which the signing key's could be added.
    init(_ folder: String) throws(ValidationError) {
        var folder = folder
        while folder.hasSuffix("/") { folder.removeLast() }
        guard let name = folder.split(separator: "/").last, name != ".", name != "..", !folder.utf8.contains(0) else {
            throw ValidationError("give the vendor's directory by its name: its signing key gets the same one")
        }
        self.folder = folder
    }

    /// Whether everything was made: the public key is the last of it.
    var isComplete: Bool {
        var status = stat()
        return lstat(publicKeyPath, &status) == 0
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
