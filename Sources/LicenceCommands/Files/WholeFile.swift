import Glibc

/// Writes a file whole or not at all: under another name in the same folder, brought to the disk, and only then given its
/// name.
enum WholeFile {
    /// Why it was not written.
    enum Failure: Error, Hashable {
        /// Something has the name, and was not to be replaced.
        case exists
        /// A system call failed with this number.
        case failed(Int32)
    }

    /// Writes `bytes` into a folder.
    ///
    /// - Parameters:
    ///   - name: the file's name in the folder.
    ///   - directory: the folder, open.
    ///   - mode: who may do what with it, less what the process's mask takes away.
    ///   - isReplacing: whether whatever has the name is replaced; a link itself, never what it leads to.
    ///   - isLocked: whether it is locked (flock(2)) before it has its name, so that nobody ever finds it unlocked. Where
    ///     the file system has no locks, there is none.
    /// - Returns: the file, open; whoever called closes it, which ends the lock.
    static func write(
        _ bytes: [UInt8], as name: String, in directory: Int32, mode: mode_t, isReplacing: Bool, isLocked: Bool = false
    ) throws(Failure) -> Int32 {
        let draft = ".\(name.prefix(32)).\(UInt64.random(in: .min ... .max))"
        let descriptor = openat(directory, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .failed(errno) }
        if isLocked { _ = flock(descriptor, LOCK_EX | LOCK_NB) }
        do throws(Failure) {
            if let number = FileBytes.write(bytes, to: descriptor) { throw .failed(number) }
            guard fsync(descriptor) == 0 else { throw .failed(errno) }
            try give(draft, the: name, in: directory, isReplacing: isReplacing)
        } catch {
            _ = unlinkat(directory, draft, 0)
            _ = close(descriptor)
            throw error
        }
        // A file system that can't bring a folder to the disk says EINVAL, and has nothing to lose by it.
        guard fsync(directory) == 0 || errno == EINVAL else {
            let number = errno
            _ = close(descriptor)
            throw .failed(number)
        }
        return descriptor
    }

    private static func give(
        _ draft: String, the name: String, in directory: Int32, isReplacing: Bool
    ) throws(Failure) {
        if !isReplacing {
            // A link fails where the name was taken meanwhile; a rename would replace what took it.
            if linkat(directory, draft, directory, name, 0) == 0 {
                _ = unlinkat(directory, draft, 0)
                return
            }
            switch errno {
            case EEXIST: throw .exists
            // FAT, as USB sticks have it, knows no second name of a file: there, only the rename is left.
            case EPERM, EOPNOTSUPP, ENOSYS, EMLINK: break
            case let number: throw .failed(number)
            }
        }
        guard renameat(directory, draft, directory, name) == 0 else { throw .failed(errno) }
    }
}
