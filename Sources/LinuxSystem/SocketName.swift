import Glibc

/// The name of a Unix socket in the file system, told from another at the same path.
package struct SocketName: Sendable, Equatable {
    /// Where it is.
    package let path: String
    private let device: UInt
    private let inode: UInt

    /// What stands at `path` itself, links not followed; nil where nothing does, with the reason in `errno`.
    package init?(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(path, status)
    }

    private init(_ path: String, _ status: stat) {
        self.path = path
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
    }

    /// Removes the name, unless something else has taken its place.
    package func remove() {
        if SocketName(path) == self { unlink(path) }
    }

    /// What keeps a new socket from a path.
    package enum Obstacle: Sendable, Equatable {
        /// Another process listens there; its number, where the kernel tells.
        case listener(process: Int32?)
        /// Something that is no socket stands there: `a file`.
        case occupied(by: String)
        /// It could not be found out: the system call, and the number of its error.
        case failed(call: String, Int32)
    }

    /// Makes way for a new socket at `path`: a socket on which nobody listens any more is removed. Anything else that stands
    /// there is left alone, and no link is followed.
    ///
    /// Two processes that do so at the same instant at one path could each take the other's socket for stale: what both
    /// need, such as the lock of a store, is to be taken before.
    ///
    /// - Parameter path: one that can be a socket's, see ``UnixAddress/isPossible(_:)``.
    package static func makeWay(at path: String) -> Obstacle? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return errno == ENOENT ? nil : .failed(call: "stat", errno) }
        guard status.st_mode & S_IFMT == S_IFSOCK else { return .occupied(by: kind(status.st_mode)) }
        let stale = SocketName(path, status)
        let probe = UnixAddress.newSocket()
        guard probe >= 0 else { return .failed(call: "socket", errno) }
        defer { close(probe) }
        // Without waiting: a listener whose queue is full answers EAGAIN, and is one all the same.
        _ = fcntl(probe, F_SETFL, O_NONBLOCK)
        switch UnixAddress.call(path, { connect(probe, $0, $1) }) {
        case ECONNREFUSED: stale.remove()
        case ENOENT: break
        case 0: return .listener(process: PeerCredentials(ofPeerOf: probe)?.process)
        case EAGAIN, EINPROGRESS, EPROTOTYPE: return .listener(process: nil)
        case let number: return .failed(call: "connect", number)
        }
        return nil
    }

    private static func kind(_ mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFLNK: "a symbolic link"
        case S_IFREG: "a file"
        case S_IFDIR: "a directory"
        case S_IFIFO: "a FIFO"
        case S_IFCHR, S_IFBLK: "a device"
        default: "something else"
        }
    }
}
