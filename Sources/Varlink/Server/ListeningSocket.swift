import Glibc
import LinuxSystem

/// A listening Unix socket, and the name in the file system it must be removed from at the end.
struct ListeningSocket {
    /// The socket; whoever has this value closes it.
    let descriptor: Int32
    /// The name that was made for it; nil for an inherited socket, whose name is somebody else's.
    let name: SocketName?

    private init(descriptor: Int32, name: SocketName?) {
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
        guard UnixAddress.isPossible(path) else { throw .invalidPath(path, limit: UnixAddress.longestName) }
        switch SocketName.makeWay(at: path) {
        case nil: break
        case .listener: throw .addressInUse(path)
        case .occupied(let thing): throw .pathOccupied(path, by: thing)
        case .failed(let call, let number): throw .system(call: call, path: path, errno: number)
        }
        let descriptor = socket(AF_UNIX, streamSocket, 0)
        guard descriptor >= 0 else { throw .system(call: "socket", path: path, errno: errno) }
        do throws(VarlinkServerError) {
            let bound = UnixAddress.call(path) { Glibc.bind(descriptor, $0, $1) }
            switch bound {
            case 0: break
            case EADDRINUSE: throw .addressInUse(path)
            case let number: throw .system(call: "bind", path: path, errno: number)
            }
            // Nobody can connect before listen(2), so nobody sees the mode that the umask left.
            guard fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw .system(call: "chmod", path: path, errno: errno)
            }
            guard let name = SocketName(path) else { throw .system(call: "stat", path: path, errno: errno) }
            guard listen(descriptor, backlog) == 0 else { throw .system(call: "listen", path: path, errno: errno) }
            return ListeningSocket(descriptor: descriptor, name: name)
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
}
