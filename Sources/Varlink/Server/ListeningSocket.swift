import Glibc

/// A listening Unix socket, and the name in the file system it must be removed from at the end.
struct ListeningSocket {
    /// The socket; whoever has this value closes it.
    let descriptor: Int32
    /// The name that was made for it; nil for an inherited socket, whose name is somebody else's.
    let name: Name?

    /// A socket's name, with what tells it from another's at the same path.
    struct Name: Equatable, Sendable {
        let path: String
        let device: UInt
        let inode: UInt

        /// Removes the name, unless another socket has taken its place.
        func remove() {
            var status = stat()
            guard lstat(path, &status) == 0, Name(path, status) == self else { return }
            unlink(path)
        }

        fileprivate init(_ path: String, _ status: stat) {
            self.path = path
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
        }
    }

    private init(descriptor: Int32, name: Name?) {
        self.descriptor = descriptor
        self.name = name
    }

    /// Listens at a path, with those permission bits from the first moment on at which anyone can connect.
    ///
    /// A socket that stands there and that nobody answers on is removed; anything else is left alone. Two servers that
    /// start at the same instant at one path could each take the other's for stale: what both need, such as the lock
    /// of a store, is to be taken before.
    ///
    /// - Throws: ``VarlinkServerError``.
    static func bind(path: String, mode: UInt32, backlog: Int32) throws(VarlinkServerError) -> ListeningSocket {
        try removeStale(path)
        let descriptor = socket(AF_UNIX, streamSocket, 0)
        guard descriptor >= 0 else { throw .system(call: "socket", path: path, errno: errno) }
        do throws(VarlinkServerError) {
            let bound = SystemCall.withSocketAddress(path) { Glibc.bind(descriptor, $0, $1) == 0 ? 0 : errno }
            switch bound {
            case nil: throw .invalidPath(path, limit: SystemCall.longestPath)
            case 0: break
            case EADDRINUSE: throw .addressInUse(path)
            case .some(let number): throw .system(call: "bind", path: path, errno: number)
            }
            // Nobody can connect before listen(2), so nobody sees the mode that the umask left.
            var status = stat()
            guard fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw .system(call: "chmod", path: path, errno: errno)
            }
            guard lstat(path, &status) == 0 else { throw .system(call: "stat", path: path, errno: errno) }
            guard listen(descriptor, backlog) == 0 else { throw .system(call: "listen", path: path, errno: errno) }
            return ListeningSocket(descriptor: descriptor, name: Name(path, status))
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Takes over a socket that was handed to the process (socket activation: the first is descriptor 3).
    ///
    /// - Throws: ``VarlinkServerError/notAListeningSocket(descriptor:)``.
    static func inherit(descriptor: Int32) throws(VarlinkServerError) -> ListeningSocket {
        func option(_ name: Int32) -> Int32? {
            var value: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
        }
        guard option(SO_DOMAIN) == AF_UNIX, option(SO_TYPE) == Int32(SOCK_STREAM.rawValue),
            option(SO_ACCEPTCONN) == 1, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw .notAListeningSocket(descriptor: descriptor) }
        return ListeningSocket(descriptor: descriptor, name: nil)
    }

    private static let streamSocket =
        Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)

    private static func removeStale(_ path: String) throws(VarlinkServerError) {
        guard SystemCall.withSocketAddress(path, { _, _ in }) != nil else {
            throw .invalidPath(path, limit: SystemCall.longestPath)
        }
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw .system(call: "stat", path: path, errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw .pathOccupied(path, by: kind(status.st_mode))
        }
        let stale = Name(path, status)
        let probe = socket(AF_UNIX, streamSocket, 0)
        guard probe >= 0 else { throw .system(call: "socket", path: path, errno: errno) }
        defer { close(probe) }
        // EAGAIN: somebody listens, and the queue is full.
        switch SystemCall.withSocketAddress(path, { connect(probe, $0, $1) == 0 ? 0 : errno }) {
        case ECONNREFUSED: stale.remove()
        case ENOENT: break
        case 0, EAGAIN, EINPROGRESS, EPROTOTYPE: throw .addressInUse(path)
        case let number: throw .system(call: "connect", path: path, errno: number ?? EINVAL)
        }
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
