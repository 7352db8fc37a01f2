import Glibc
import TransferCodes

/// Keeps what a person has typed of a code until the step that loads it is done: one file for each kind of code, in the
/// person's own state folder, `$XDG_STATE_HOME/almd` or `~/.local/state/almd` (XDG Base Directory Specification 0.8).
///
/// The file is its owner's alone (mode 0600), and one that belongs to somebody else is not read. It is written whole or
/// not at all, and is on the disk before the next line is asked for. It is locked (flock(2)) while it is gone on with, so
/// that nothing typed in one terminal is replaced from another.
final class EntryStore {
    /// Why nothing can be kept.
    enum Failure: Error, Hashable {
        /// In another terminal, a code of this kind is being typed.
        case inUse
        /// The system does not let the file be written; what it says.
        case failed(String)
    }

    /// What stands in the file's place.
    private enum Place {
        /// Nothing.
        case free
        /// Something that this program did not make: a link, a folder, somebody else's file.
        case foreign
        /// The file, open and locked.
        case own(Int32)
    }

    /// The file, as a person would name it.
    let path: String
    private let folder, name: String
    /// The file, open and locked, from when it is gone on with or written until it is removed.
    private var own: Int32?

    /// The longest file that is read, in bytes. The longest code in every reading that is kept of its lines
    /// (``TransferCodes/TypedCode/mostCandidates``), with six repairs in each of them, has less than 25,000.
    private static let largest = 65_536
    /// How often a file is looked for whose owner puts a new one in its place at each line.
    private static let mostLooks = 4

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

    deinit { letGo() }

    /// What was kept, for whoever only looks; nil where there is nothing, or nothing that may be trusted.
    func glance() -> String? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        return Self.isOwn(descriptor) ? text(of: descriptor) : nil
    }

    /// What was kept, to be gone on with here alone; nil as in ``glance()``.
    ///
    /// - Throws: `inUse`.
    func load() throws(Failure) -> String? {
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else { return nil }
        defer { _ = close(directory) }
        guard case .own(let descriptor) = try look(in: directory) else { return nil }
        letGo()
        own = descriptor
        return text(of: descriptor)
    }

    /// Keeps `text` in place of what was kept before.
    func save(_ text: String) throws(Failure) {
        makeFolders()
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 else { throw .failed("\(folder): \(SystemError.text(errno))") }
        defer { _ = close(directory) }
        var isReplacing = true
        if own == nil {
            switch try look(in: directory) {
            case .free: isReplacing = false
            case .foreign: break
            case .own(let descriptor): own = descriptor
            }
        }
        do throws(WholeFile.Failure) {
            let descriptor = try WholeFile.write(
                Array(text.utf8), as: name, in: directory, mode: 0o600, isReplacing: isReplacing, isLocked: true)
            letGo()
            own = descriptor
        } catch {
            switch error {
            // Another terminal was the first, between the look and now.
            case .exists: throw .inUse
            case .failed(let number): throw .failed("\(path): \(SystemError.text(number))")
            }
        }
    }

    /// Forgets what was kept here. What another terminal keeps stays.
    func remove() {
        guard own != nil else { return }
        _ = unlink(path)
        letGo()
    }

    private func letGo() {
        if let own { _ = close(own) }
        own = nil
    }

    /// What has the file's name; a file of this person's is locked.
    private func look(in directory: Int32) throws(Failure) -> Place {
        for _ in 0..<Self.mostLooks {
            let descriptor = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
            guard descriptor >= 0 else { return errno == ENOENT ? .free : .foreign }
            guard Self.isOwn(descriptor) else {
                _ = close(descriptor)
                return .foreign
            }
            if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
                _ = close(descriptor)
                throw .inUse
            }
            if Self.isSame(descriptor, name, in: directory) { return .own(descriptor) }
            // Whoever had it put another in its place, or removed it, before the lock was had.
            _ = close(descriptor)
        }
        throw .inUse
    }

    private static func isOwn(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_uid == geteuid()
    }

    private static func isSame(_ descriptor: Int32, _ name: String, in directory: Int32) -> Bool {
        var (open, named) = (stat(), stat())
        return fstat(descriptor, &open) == 0 && fstatat(directory, name, &named, AT_SYMLINK_NOFOLLOW) == 0
            && (open.st_dev, open.st_ino) == (named.st_dev, named.st_ino)
    }

    private func text(of descriptor: Int32) -> String? {
        let bytes = try? InputFile.read(descriptor: descriptor, name: path, limit: Self.largest)
        return bytes.flatMap { String(validating: $0, as: UTF8.self) }
    }

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
