import Glibc
import LicenceCommands
import Licensing

/// A `.signing-key` file on the disk: for its owner alone, never written over, never reached through a link.
struct SigningKeyStorage {
    /// Where it is.
    let path: String

    /// The file's bytes; nil where there is none.
    ///
    /// - Throws: `signingKeyRefused` where it is no plain file of this user's that nobody else may read.
    func read() throws -> SigningKeyFile? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP: throw refused("it is a symbolic link")
            case let number: throw refused(SystemError.text(number))
            }
        }
        defer { _ = close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw refused(SystemError.text(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw refused("it is not a plain file") }
        guard status.st_uid == geteuid() else { throw refused("it belongs to user id \(status.st_uid)") }
        guard status.st_mode & 0o077 == 0 else { throw refused("others may read it; it has to be mode 0600") }
        return SigningKeyFile(
            bytes: try InputFile.read(descriptor: descriptor, name: path, limit: SigningKeyFile.largest))
    }

    /// Writes a new file and waits until it is on the disk.
    ///
    /// - Throws: `signingKeyRefused` where there is one already or it can't be written; then nothing is left of it.
    func create(_ file: SigningKeyFile) throws(CommandError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw refused(SystemError.text(errno)) }
        defer { _ = close(descriptor) }
        if let failure = FileBytes.write(file.bytes, to: descriptor) ?? sync(descriptor) {
            _ = unlink(path)
            throw refused(SystemError.text(failure))
        }
    }

    /// Waits until a file that is there is on the disk: whoever wrote it may have been stopped before that.
    func sync() throws(CommandError) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw refused(SystemError.text(errno)) }
        defer { _ = close(descriptor) }
        if let failure = sync(descriptor) { throw refused(SystemError.text(failure)) }
    }

    /// The error number of what failed; nil where the file and its name are on the disk.
    private func sync(_ descriptor: Int32) -> Int32? {
        fsync(descriptor) == 0 ? FileBytes.syncFolder(of: path) : errno
    }

    /// Takes the file away that ``create(_:)`` has made.
    func remove() {
        _ = unlink(path)
        _ = FileBytes.syncFolder(of: path)
    }

    /// The error that says why the file can't be used.
    func refused(_ reason: String) -> CommandError {
        CommandError(
            .signingKeyRefused, "the signing key \(path) can't be used: \(reason)",
            hint: "use the vendor's own file, or a backup of it, with mode 0600",
            parameters: ["path": path, "reason": reason])
    }
}
