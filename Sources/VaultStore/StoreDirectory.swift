import CLinux
import Glibc
package import Licensing

/// The directory that holds one store, open and locked: one process has a store open at a time.
///
/// It belongs to the user who runs the program, and to nobody else (0700); nothing in it is reached through a link.
package final class StoreDirectory: Sendable {
    /// The file that is locked, with the process id of its holder.
    static let lockName = "lock"

    /// The path it was opened by, for messages and for SQLite.
    package let path: String
    /// The file system it lies on.
    package let fileSystem: FileSystemKind
    let descriptor: Descriptor
    private let lock: Descriptor?

    /// Whether a missing directory is made.
    package enum Creation: Sendable {
        /// It has to be there.
        case never
        /// It is made where it is missing; its parent has to be there.
        case ifMissing
        /// It must not be there yet.
        case always
    }

    /// Opens the directory at `path`, and locks it unless whoever asks relies on a lock that the process has already.
    ///
    /// - Throws: `storeMissing`, `storeExists`, `storeUnsafe` (a link, somebody else's, open to others),
    ///   `fileSystemRefused`, `storeInUse` with the holder's process id, `storeFailed`.
    package init(path: String, creation: Creation, isLocked: Bool = true) throws(LicenceError) {
        self.path = path
        do throws(SystemCallFailure) {
            descriptor = try Self.open(path, creation: creation)
        } catch {
            throw Self.refusal(error, at: path)
        }
        do {
            try Self.check(descriptor, at: path)
            fileSystem = try FileSystemKind.of(descriptor)
            guard fileSystem.holdsStores else {
                throw LicenceError(.fileSystemRefused, [.path: path, .detail: fileSystem.name])
            }
            lock = isLocked ? try Self.lock(in: descriptor, at: path) : nil
        } catch {
            throw Self.meaning(of: error, at: path)
        }
    }

    deinit {
        // A process that was started meanwhile may share the descriptor until it runs its own program; the lock is not
        // to live as long.
        switch lock {
        case .some(let lock): _ = clinux_unlock(lock.number)
        case .none: break
        }
    }

    private static func open(_ path: String, creation: Creation) throws(SystemCallFailure) -> Descriptor {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        let above = (path.hasPrefix("/") ? "/" : "") + parts.dropLast().joined(separator: "/")
        // Links above the directory are the administrator's business; the directory itself must not be one.
        let number = Glibc.open(above.isEmpty ? "." : above, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw SystemCallFailure(call: "open", name: above, number: errno) }
        let parent = Descriptor(owning: number, name: above)
        let name = parts.last.map(String.init) ?? "."
        switch creation {
        case .never: break
        case .always: try parent.makeDirectory(name)
        case .ifMissing:
            do throws(SystemCallFailure) {
                try parent.makeDirectory(name)
            } catch {
                guard error.number == EEXIST else { throw error }
            }
        }
        return try parent.open(name, flags: O_RDONLY | O_DIRECTORY)
    }

    private static func check(_ directory: borrowing Descriptor, at path: String) throws {
        let status = try directory.status()
        guard status.owner == geteuid() else {
            throw LicenceError(.storeUnsafe, [.path: path, .reason: "it belongs to user id \(status.owner)"])
        }
        guard status.permissions & 0o077 == 0 else {
            throw LicenceError(.storeUnsafe, [.path: path, .reason: "others may enter it; it has to be mode 0700"])
        }
    }

    private static func lock(in directory: borrowing Descriptor, at path: String) throws -> Descriptor {
        let lock: Descriptor
        do throws(SystemCallFailure) {
            lock = try directory.open(lockName, flags: O_RDWR | O_CREAT, mode: 0o600)
        } catch {
            guard error.isAbsence else { throw error }
            throw LicenceError(.storeUnsafe, [.path: "\(path)/\(lockName)", .reason: "it is a link or a directory"])
        }
        try checkFile(lock, at: "\(path)/\(lockName)")
        switch clinux_lock_exclusively(lock.number) {
        case 0: break
        case EAGAIN, EACCES:
            let holder = String(decoding: try lock.contents(atMost: 32), as: UTF8.self)
            let pid = holder.prefix { $0.isASCII && $0.isNumber }
            throw LicenceError(.storeInUse, [.path: path, .pid: pid.isEmpty ? nil : String(pid)])
        case let number:
            throw SystemCallFailure(call: "fcntl F_OFD_SETLK", name: lockName, number: number)
        }
        // Neither write is waited for: after a power cut there is no holder to name.
        try lock.truncate(to: 0)
        try lock.overwrite(with: Array("\(getpid())\n".utf8))
        return lock
    }

    /// Makes sure that an open file is a plain one of ours with no second name.
    ///
    /// - Returns: how many bytes it has.
    @discardableResult
    private static func checkFile(_ file: borrowing Descriptor, at path: String) throws -> UInt64 {
        let status = try file.status()
        guard status.kind == .file else {
            throw LicenceError(.storeUnsafe, [.path: path, .reason: "it is not a plain file"])
        }
        guard status.owner == geteuid() else {
            throw LicenceError(.storeUnsafe, [.path: path, .reason: "it belongs to user id \(status.owner)"])
        }
        guard status.linkCount == 1 else {
            throw LicenceError(.storeUnsafe, [.path: path, .reason: "it has a second name (hard link)"])
        }
        return status.size
    }

    /// How many bytes the file `name` has, and that it is safe to hand to SQLite by path: plain, ours, with one name; nil
    /// where there is none. The directory is closed to others, so what was checked stays so.
    func size(of name: String) throws(LicenceError) -> UInt64? {
        do {
            return try Self.checkFile(try descriptor.open(name, flags: O_RDONLY), at: "\(path)/\(name)")
        } catch {
            let failure = error as? SystemCallFailure
            if failure?.number == ENOENT { return nil }
            guard failure?.isAbsence == true else { throw Self.meaning(of: error, at: path) }
            throw LicenceError(.storeUnsafe, [.path: "\(path)/\(name)", .reason: "it is a link or not a plain file"])
        }
    }

    /// The names of all anchors, of whichever database.
    func anchors() throws(LicenceError) -> [String] {
        try names().filter { $0.hasPrefix(AnchorName.prefix) }.sorted()
    }

    private func names() throws(LicenceError) -> [String] {
        do throws(SystemCallFailure) {
            return try descriptor.names()
        } catch {
            throw Self.failure(error, at: path)
        }
    }

    /// Waits until the directory's own name is on the disk: whoever made it may have been killed before that.
    func syncName() throws(LicenceError) {
        do throws(SystemCallFailure) {
            try descriptor.open("..", flags: O_RDONLY | O_DIRECTORY).sync()
        } catch {
            // The file system above that of a store's own may be one on which nothing is ever waited for.
            guard error.number == EINVAL else { throw Self.failure(error, at: path) }
        }
    }

    /// Makes the empty file `name`, for its owner alone.
    func makeFile(_ name: String) throws(LicenceError) {
        do throws(SystemCallFailure) {
            _ = try descriptor.open(name, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        } catch {
            throw Self.failure(error, at: path)
        }
    }

    /// Whether there is nothing in the directory that a vault's making, cut off, would not have left there. A database
    /// that was begun is for its opener to look at.
    func holdsNothingButRemains(of database: String) throws(LicenceError) -> Bool {
        try names().allSatisfy {
            $0 == Self.lockName || $0.hasPrefix(database) || $0.hasPrefix(AnchorName.prefix)
        }
    }

    private static func refusal(_ failure: SystemCallFailure, at path: String) -> LicenceError {
        switch failure.number {
        case ENOENT: LicenceError(.storeMissing, [.path: path])
        case EEXIST: LicenceError(.storeExists, [.path: path])
        case ELOOP, ENOTDIR, ENXIO:
            LicenceError(.storeUnsafe, [.path: path, .reason: "it is a link or not a directory"])
        case EACCES, EPERM: LicenceError(.storeUnsafe, [.path: path, .reason: failure.detail])
        default: Self.failure(failure, at: path)
        }
    }

    /// A refusal as it is, a failed system call as what it means.
    private static func meaning(of error: any Error, at path: String) -> LicenceError {
        switch error {
        case let refusal as LicenceError: refusal
        case let failure as SystemCallFailure: Self.failure(failure, at: path)
        default: LicenceError(.storeFailed, [.path: path, .location: path, .detail: "\(error)"])
        }
    }

    /// A failed system call as what it means to the store at `path`.
    static func failure(_ failure: SystemCallFailure, at path: String) -> LicenceError {
        LicenceError(.storeFailed, [.path: path, .location: path, .detail: failure.detail])
    }
}
