import Glibc
import Licensing
import VaultStore

/// The certificates that an administrator brought here, so that start codes need not carry them.
///
/// They are public and hold no secret, and each was signed by a vendor that was trusted when it came; whether it is still
/// is asked again whenever one is used. Each is a file of its own in the daemon's state, which the local store's lock keeps
/// other daemons from. The folder is opened once for each use and everything in it through that, so that no link is
/// followed, neither to a file nor to a folder; and on a thread of its own, since a sync waits for the disk.
actor CertificateFolder {
    /// How many are kept; of more, the one that was brought longest ago is forgotten, and can be brought again.
    static let mostCertificates = 4096
    /// The largest file that is read, in bytes: a certificate of 150 bytes with its heading has about 500.
    private static let largestFile = 4096
    private static let name = "certificates"
    private static let draft = ".draft"
    private static let ending = ".certificate"

    private let state: String
    private let storeFailure: StoreFailure?
    private let executor = PlaceExecutor(label: "almd.certificates")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - state: the daemon's state folder.
    ///   - storeFailure: told once the disk fails: it is the local store's.
    init(state: String, storeFailure: StoreFailure? = nil) {
        self.state = state
        self.storeFailure = storeFailure
    }

    /// The certificate that `isMeant` and whose SHA-256 begins with these bytes.
    ///
    /// - Parameter hash: the bytes that name it, of which the last four bits are not looked at.
    func certificate(hash: [UInt8], _ isMeant: @Sendable (Certificate) -> Bool) -> Certificate? {
        guard let folder = try? opened() else { return nil }
        return Self.certificate(in: folder, hash: hash, isMeant)
    }

    /// Keeps a certificate; whether it was here already. When this returns it is on the disk.
    ///
    /// - Throws: `storeUnsafe` where the folder is none, or holds what can't be taken away; `storeFailed`.
    func keep(_ certificate: Certificate) throws(LicenceError) -> Bool {
        do throws(SystemCallFailure) {
            return try keep(certificate, in: try opened(isMade: true))
        } catch {
            let refusal = meaning(of: error)
            storeFailure?.note(refusal)
            throw refusal
        }
    }

    private func keep(_ certificate: Certificate, in folder: borrowing Descriptor) throws(SystemCallFailure) -> Bool {
        let beginning = certificate.hash.prefix(16)
        if Self.certificate(in: folder, hash: Array(beginning), { $0 == certificate }) != nil {
            // Whoever brought it may have been cut off before its name was on the disk.
            try folder.sync()
            return true
        }
        try Self.forgetOldest(in: folder)
        // What an attempt that was cut off left there, or anybody else, is taken away and never opened.
        try folder.remove(Self.draft)
        let file = try folder.open(Self.draft, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        try file.overwrite(with: Array(certificate.fileText.utf8))
        try file.sync()
        try folder.rename(Self.draft, to: beginning.hexadecimal + Self.ending)
        try folder.sync()
        return false
    }

    /// The folder, held open.
    private func opened(isMade: Bool = false) throws(SystemCallFailure) -> Descriptor {
        let number = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw SystemCallFailure(call: "open", name: state, number: errno) }
        let parent = Descriptor(owning: number, name: state)
        if isMade {
            do throws(SystemCallFailure) {
                try parent.makeDirectory(Self.name)
            } catch {
                guard error.number == EEXIST else { throw error }
            }
            try parent.sync()
        }
        return try parent.open(Self.name, flags: O_RDONLY | O_DIRECTORY)
    }

    private static func certificate(
        in folder: borrowing Descriptor, hash: [UInt8], _ isMeant: (Certificate) -> Bool
    ) -> Certificate? {
        let beginning = hash.hexadecimal.dropLast()
        for name in (try? names(in: folder)) ?? [] where name.hasPrefix(beginning) {
            guard let file = try? folder.open(name, flags: O_RDONLY), (try? file.status())?.kind == .file,
                let bytes = try? file.contents(atMost: largestFile),
                let text = String(validating: bytes, as: UTF8.self),
                let certificate = try? Certificate(fileText: text), isMeant(certificate)
            else { continue }
            return certificate
        }
        return nil
    }

    private static func names(in folder: borrowing Descriptor) throws(SystemCallFailure) -> [String] {
        try folder.names().filter { $0.hasSuffix(ending) }
    }

    /// Makes room for one more.
    private static func forgetOldest(in folder: borrowing Descriptor) throws(SystemCallFailure) {
        let names = try names(in: folder)
        guard names.count >= mostCertificates else { return }
        var oldest: (time: Int, name: String)?
        for name in names {
            var status = stat()
            guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            let candidate = (time: status.st_mtim.tv_sec, name: name)
            if oldest.map({ candidate < $0 }) ?? true { oldest = candidate }
        }
        if let oldest { try folder.remove(oldest.name) }
    }

    private func meaning(of failure: SystemCallFailure) -> LicenceError {
        let path = "\(state)/\(Self.name)"
        return switch failure.number {
        case EIO, ENOSPC, EDQUOT, EROFS: LicenceError(.storeFailed, [.location: path, .detail: failure.detail])
        default: LicenceError(.storeUnsafe, [.path: path, .reason: failure.detail])
        }
    }
}
