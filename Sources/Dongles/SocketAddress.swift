import Glibc

/// The address of a Unix socket.
enum SocketAddress {
    /// The longest path in bytes: the room in `sun_path`, less the byte that ends it.
    static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// Whether `path` can be a socket's: not empty, not too long, no zero byte in it.
    static func isPossible(_ path: String) -> Bool {
        (1...longestPath).contains(path.utf8.count) && !path.utf8.contains(0)
    }

    /// Calls `body` with the address of `path`, which has to be possible, and returns 0 or the number of the error.
    static func call(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        guard isPossible(path) else { return ENAMETOOLONG }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                body(address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 ? 0 : errno
            }
        }
    }

    /// A new stream socket that no child process inherits; negative where there is none, with the reason in `errno`.
    static func newSocket() -> Int32 {
        socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    /// The system's words for an error.
    static func words(_ number: Int32) -> String {
        strerror(number).map { String(cString: $0) } ?? "error \(number)"
    }
}
