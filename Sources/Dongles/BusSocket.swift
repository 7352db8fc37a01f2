import Glibc
import Licensing

/// The socket on which file-backed dongles are plugged in, bound to its path and not yet listening.
struct BusSocket {
    /// The socket, the caller's to close.
    let descriptor: Int32
    /// The name that was made for it.
    let name: Name

    /// A name in the file system, told from another at the same path.
    struct Name: Sendable, Equatable {
        let path: String
        let device: UInt
        let inode: UInt

        /// What stands at `path` itself, links not followed; nil where there is nothing.
        init?(_ path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            self.path = path
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
        }

        /// Removes the name, unless something else has taken its place.
        func remove() {
            if Name(path) == self { unlink(path) }
        }
    }

    /// Binds a new socket to `path`, where a socket on which nobody listens any more makes way. Anything else that
    /// stands there is left alone, and no link is followed.
    ///
    /// - Parameters:
    ///   - mode: the permission bits; nobody can connect before they are set.
    ///   - group: the group of the socket's file; nil: the process's own.
    /// - Throws: `socketUnusable`, with the process where another one listens.
    init(path: String, mode: UInt32, group: UInt32?) throws(LicenceError) {
        func refused(_ reason: String) -> LicenceError {
            LicenceError(.socketUnusable, [.path: path, .reason: reason])
        }
        guard SocketAddress.isPossible(path) else {
            throw refused("a socket's path has 1 to \(SocketAddress.longestPath) bytes")
        }
        try Self.clear(path)
        let descriptor = SocketAddress.newSocket()
        guard descriptor >= 0 else { throw refused(SocketAddress.words(errno)) }
        do throws(LicenceError) {
            // The name is born with these bits less the umask's, and gets the rest before anyone can connect.
            guard fchmod(descriptor, mode) == 0 else { throw refused(SocketAddress.words(errno)) }
            let bound = SocketAddress.call(path) { bind(descriptor, $0, $1) }
            guard bound == 0 else { throw refused(SocketAddress.words(bound)) }
            guard let name = Name(path) else { throw refused("it vanished") }
            if let group, lchown(path, .max, group) != 0 { throw refused(SocketAddress.words(errno)) }
            guard fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw refused(SocketAddress.words(errno))
            }
            self.descriptor = descriptor
            self.name = name
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Makes way for a new socket at `path`.
    private static func clear(_ path: String) throws(LicenceError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK, let stale = Name(path) else {
            throw LicenceError(.socketUnusable, [.path: path, .reason: "something that is no socket stands there"])
        }
        let probe = SocketAddress.newSocket()
        guard probe >= 0 else {
            throw LicenceError(.socketUnusable, [.path: path, .reason: SocketAddress.words(errno)])
        }
        defer { close(probe) }
        // Without waiting: a listener whose queue is full answers EAGAIN, and is one all the same.
        _ = fcntl(probe, F_SETFL, O_NONBLOCK)
        switch SocketAddress.call(path, { connect(probe, $0, $1) }) {
        case ECONNREFUSED: stale.remove()
        case ENOENT: break
        case 0, EAGAIN:
            let holder = CablePeer(of: probe).map { " (pid \($0.process))" } ?? ""
            throw LicenceError(.socketUnusable, [.path: path, .reason: "another process listens on it\(holder)"])
        case let number:
            throw LicenceError(.socketUnusable, [.path: path, .reason: SocketAddress.words(number)])
        }
    }
}
