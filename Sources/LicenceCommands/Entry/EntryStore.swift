import Glibc
import TransferCodes

/// Keeps what a person has typed of a code until the step that loads it is done: one file for each kind of code, in the
/// person's own state folder, `$XDG_STATE_HOME/almd` or `~/.local/state/almd` (XDG Base Directory Specification 0.8).
///
/// The file is its owner's alone (mode 0600), and one that belongs to somebody else is not read. It is written whole or
/// not at all, and is on the disk before the next line is asked for.
struct EntryStore: Sendable {
    /// The file, as a person would name it.
    let path: String
    private let folder, name: String

    /// The longest file that is read, in bytes: what was typed of the longest code, several times over.
    private static let largest = 65_536

    /// - Returns: nil where the variables name no folder of this person's.
    init?(kind: CodeKind, variables: [String: String]) {
        // The specification has relative paths ignored.
        if let state = variables["XDG_STATE_HOME"], state.hasPrefix("/") {
            folder = "\(state)/almd"
        } else if let home = variables["HOME"], home.hasPrefix("/") {
            folder = "\(home)/.local/state/almd"
        } else {
            return nil
        }
        name = "entry-\(WizardCarrier.fileName(of: kind))"
        path = "\(folder)/\(name)"
    }

    /// What was kept; nil where there is nothing, or nothing that may be trusted.
    func load() -> String? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            let bytes = try? InputFile.read(descriptor: descriptor, name: path, limit: Self.largest)
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Keeps `text` in place of what was kept before.
    ///
    /// - Throws: `outputFailed`.
    func save(_ text: String) throws(CommandError) {
        makeFolders()
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else { throw .outputFailed(folder, SystemError.text(errno)) }
        defer { _ = close(directory) }
        let draft = ".\(name).\(UInt64.random(in: .min ... .max))"
        let descriptor = openat(directory, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .outputFailed(path, SystemError.text(errno)) }
        var failure = FileBytes.write(Array(text.utf8), to: descriptor)
        if failure == nil, fsync(descriptor) != 0 { failure = errno }
        _ = close(descriptor)
        if failure == nil, renameat(directory, draft, directory, name) != 0 { failure = errno }
        if let failure {
            _ = unlinkat(directory, draft, 0)
            throw .outputFailed(path, SystemError.text(failure))
        }
        // A file system that can't bring a folder to the disk says EINVAL, and has nothing to lose by it.
        guard fsync(directory) == 0 || errno == EINVAL else { throw .outputFailed(path, SystemError.text(errno)) }
    }

    /// Forgets what was kept.
    func remove() { _ = unlink(path) }

    /// Makes the folder and those above it that are not there, for this person alone, as the specification asks. What
    /// keeps them from being made keeps the file from being written, which is then said.
    private func makeFolders() {
        var path = ""
        for part in folder.split(separator: "/") {
            path += "/\(part)"
            _ = mkdir(path, 0o700)
        }
    }
}
