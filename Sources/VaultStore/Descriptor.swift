import CLinux
import Glibc

/// An open file or directory, closed when its owner goes.
///
/// Everything below a store's directory is opened relative to such a descriptor and never through a symbolic link, so
/// that no path is walked twice and a name can't be exchanged between a look and a use.
package struct Descriptor: ~Copyable, Sendable {
    /// The number that the kernel knows.
    package let number: Int32
    /// What it is called in messages.
    package let name: String

    package init(owning number: Int32, name: String) {
        self.number = number
        self.name = name
    }

    deinit { _ = close(number) }

    /// What the kernel says of the open file.
    package struct Status: Sendable {
        /// What kind of thing stands behind the descriptor.
        package enum Kind: Sendable { case file, directory, other }

        package let kind: Kind
        /// How many names the file has; 0 once the last is gone.
        package let linkCount: UInt32
        /// The user it belongs to.
        package let owner: UInt32
        /// The permission bits.
        package let permissions: UInt32
        /// Bytes.
        package let size: UInt64
        /// The number that stays the same while the file exists, also when it is renamed.
        package let inode: UInt64
        /// Seconds and nanoseconds of its making, where the file system keeps them.
        package let birth: (seconds: Int64, nanoseconds: UInt32)?
    }

    /// What the kernel says of the open file now.
    package func status() throws(SystemCallFailure) -> Status {
        var found = clinux_file_status()
        let result = clinux_file_status(number, &found)
        guard result == 0 else { throw SystemCallFailure(call: "statx", name: name, number: result) }
        let kind: Status.Kind =
            switch found.mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            default: .other
            }
        return Status(
            kind: kind, linkCount: found.link_count, owner: found.owner, permissions: found.mode & 0o7777,
            size: found.size, inode: found.inode,
            birth: found.has_birth_time ? (found.birth_seconds, found.birth_nanoseconds) : nil)
    }

    /// Opens `child` of this directory; `flags` beside those that keep a planted link, terminal or pipe from doing harm.
    package func open(_ child: String, flags: Int32, mode: UInt32 = 0) throws(SystemCallFailure) -> Descriptor {
        let safe = flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
        while true {
            let opened = openat(number, child, safe, mode)
            if opened >= 0 { return Descriptor(owning: opened, name: child) }
            guard errno == EINTR else { throw SystemCallFailure(call: "open", name: child, number: errno) }
        }
    }

    /// Makes the directory `child`, for its owner alone.
    package func makeDirectory(_ child: String) throws(SystemCallFailure) {
        guard mkdirat(number, child, 0o700) == 0 else {
            throw SystemCallFailure(call: "mkdir", name: child, number: errno)
        }
    }

    /// Takes the name `child` away; false where there is none.
    @discardableResult
    package func remove(_ child: String, directory: Bool = false) throws(SystemCallFailure) -> Bool {
        if unlinkat(number, child, directory ? AT_REMOVEDIR : 0) == 0 { return true }
        guard errno == ENOENT else {
            throw SystemCallFailure(call: directory ? "rmdir" : "unlink", name: child, number: errno)
        }
        return false
    }

    /// Gives the file `child` the name `new`, which whatever had it before loses.
    package func rename(_ child: String, to new: String) throws(SystemCallFailure) {
        guard renameat(number, child, number, new) == 0 else {
            throw SystemCallFailure(call: "rename", name: child, number: errno)
        }
    }

    /// Waits until everything written to the file, or every name made in the directory, is on the disk.
    ///
    /// It is never tried again after a failure: the kernel may have dropped what it could not write.
    package func sync() throws(SystemCallFailure) {
        guard fsync(number) == 0 else { throw SystemCallFailure(call: "fsync", name: name, number: errno) }
    }

    /// Waits until everything that anybody changed in the file system that the file lies on is on the disk.
    func syncFileSystem() throws(SystemCallFailure) {
        let result = clinux_sync_file_system(number)
        guard result == 0 else { throw SystemCallFailure(call: "syncfs", name: name, number: result) }
    }

    /// Writes all of `bytes` from the file's start on, over what is there.
    package func overwrite(with bytes: [UInt8]) throws(SystemCallFailure) {
        var done = 0
        while done < bytes.count {
            let written = bytes.withUnsafeBytes { (room: UnsafeRawBufferPointer) in
                // Safe because the rebased rest is not empty, so it has an address, which is used inside the closure.
                pwrite(number, UnsafeRawBufferPointer(rebasing: room[done...]).baseAddress, room.count - done, done)
            }
            if written > 0 {
                done += written
            } else if written == 0 || errno != EINTR {
                throw SystemCallFailure(call: "write", name: name, number: written == 0 ? EIO : errno)
            }
        }
    }

    /// Makes the file `size` bytes long.
    func truncate(to size: Int) throws(SystemCallFailure) {
        guard ftruncate(number, size) == 0 else {
            throw SystemCallFailure(call: "ftruncate", name: name, number: errno)
        }
    }

    /// The file's bytes from its start, at most `limit` of them.
    package func contents(atMost limit: Int) throws(SystemCallFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        var done = 0
        while done < limit {
            let count = bytes.withUnsafeMutableBytes { (room: UnsafeMutableRawBufferPointer) in
                // Safe because the rebased rest is not empty, so it has an address, which is used inside the closure.
                pread(number, UnsafeMutableRawBufferPointer(rebasing: room[done...]).baseAddress, limit - done, done)
            }
            if count == 0 { break }
            if count > 0 {
                done += count
            } else if errno != EINTR {
                throw SystemCallFailure(call: "read", name: name, number: errno)
            }
        }
        return Array(bytes.prefix(done))
    }

    /// The names in this directory, in order, without `.` and `..`.
    package func names() throws(SystemCallFailure) -> [String] {
        // A second open file description, because reading a directory moves its position and closes what it is given.
        let copy = openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0 else { throw SystemCallFailure(call: "open", name: name, number: errno) }
        guard let stream = fdopendir(copy) else {
            let failure = SystemCallFailure(call: "fdopendir", name: name, number: errno)
            _ = close(copy)
            throw failure
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let child = withUnsafeBytes(of: &entry.pointee.d_name) { room in
                String(decoding: room.prefix { $0 != 0 }, as: UTF8.self)
            }
            if child != ".", child != ".." { names.append(child) }
        }
        guard errno == 0 else { throw SystemCallFailure(call: "readdir", name: name, number: errno) }
        return names.sorted()
    }

    /// Has files made in this directory from now on overwritten where they lie. A file system that refuses keeps its
    /// old bytes longer, which is no reason to do without an anchor.
    func disableCopyOnWrite() throws(SystemCallFailure) {
        let result = clinux_disable_copy_on_write(number)
        guard result == 0 || result == EOPNOTSUPP || result == ENOTTY || result == EPERM else {
            throw SystemCallFailure(call: "ioctl FS_IOC_SETFLAGS", name: name, number: result)
        }
    }
}
