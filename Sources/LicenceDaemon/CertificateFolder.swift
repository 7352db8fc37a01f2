import Foundation
import Glibc
import Licensing
import LinuxSystem

/// The certificates that an administrator brought here, so that start codes need not carry them.
///
/// They are public and hold no secret, and each was signed by a vendor that was trusted when it came; whether it is still
/// is asked again whenever one is used. Each is a file of its own in the daemon's state, which the local store's lock keeps
/// other daemons from.
struct CertificateFolder: Sendable {
    /// How many are kept; of more, the one that was brought longest ago is forgotten, and can be brought again.
    static let mostCertificates = 4096
    /// The largest file that is read, in bytes: a certificate of 150 bytes with its heading has about 500.
    private static let largestFile = 4096
    private static let ending = ".certificate"

    private let path: String

    /// - Parameter state: the daemon's state folder.
    init(state: String) {
        path = "\(state)/certificates"
    }

    /// The certificate that `isMeant` and whose SHA-256 begins with these bytes.
    ///
    /// - Parameter hash: the bytes that name it, of which the last four bits are not looked at.
    func certificate(hash: [UInt8], _ isMeant: (Certificate) -> Bool) -> Certificate? {
        let beginning = hash.hexadecimal.dropLast()
        for name in names() where name.hasPrefix(beginning) {
            guard
                let text = try? SmallFile.text(of: "\(path)/\(name)", atMost: Self.largestFile, followingLinks: false),
                let certificate = try? Certificate(fileText: text), isMeant(certificate)
            else { continue }
            return certificate
        }
        return nil
    }

    /// Keeps a certificate; whether it was here already.
    ///
    /// - Throws: `storeFailed`.
    func keep(_ certificate: Certificate) throws(LicenceError) -> Bool {
        let name = certificate.hash.prefix(16).hexadecimal + Self.ending
        if self.certificate(hash: Array(certificate.hash.prefix(16)), { $0 == certificate }) != nil { return true }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failed(errno) }
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else { throw failed(errno) }
        defer { close(directory) }
        forgetOldest(in: directory)
        let draft = ".draft"
        let file = openat(directory, draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failed(errno) }
        let bytes = Array(certificate.fileText.utf8)
        // A file of some hundred bytes is written in one go or not at all.
        let isWritten = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        let number = errno
        close(file)
        guard isWritten else { throw failed(number) }
        guard renameat(directory, draft, directory, name) == 0, fsync(directory) == 0 else { throw failed(errno) }
        return false
    }

    private func names() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(Self.ending) }
    }

    /// Makes room for one more.
    private func forgetOldest(in directory: Int32) {
        let names = names()
        guard names.count >= Self.mostCertificates else { return }
        let oldest = names.compactMap { name -> (name: String, time: Int)? in
            var status = stat()
            guard fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
            return (name, Int(status.st_mtim.tv_sec))
        }.min { ($0.time, $0.name) < ($1.time, $1.name) }
        if let oldest { _ = unlinkat(directory, oldest.name, 0) }
    }

    private func failed(_ number: Int32) -> LicenceError {
        LicenceError(.storeFailed, [.location: path, .detail: ErrorNumber.words(number)])
    }
}
