package import Glibc

/// The addresses of Unix sockets.
package enum UnixAddress {
    /// The longest name in bytes: the room in `sun_path`, less the byte that ends a path.
    package static let longestName = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// Whether `path` can be a socket's: not empty, not too long, no zero byte in it.
    package static func isPossible(_ path: String) -> Bool {
        (1...longestName).contains(path.utf8.count) && !path.utf8.contains(0)
    }

    /// Calls `body` with the address of a path and the address's length.
    ///
    /// - Returns: 0, or the number of the error where `body` fails; `ENAMETOOLONG` where the path can't be a socket's.
    package static func call(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        guard isPossible(path) else { return ENAMETOOLONG }
        return with(Array(path.utf8)) { body($0, $1) == 0 ? 0 : errno }
    }

    /// Calls `body` with the address of `name`, a path or after a NUL a name without a file ("abstract"), and its length.
    /// The length counts: an abstract name has no end of its own. Of a name longer than ``longestName`` the rest is cut off.
    package static func with<Value>(
        _ name: [UInt8], _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        let name = name.prefix(longestName)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? MemoryLayout<sa_family_t>.size
        let length = offset + name.count + (name.first == 0 ? 0 : 1)
        // Safe because a sockaddr_un is what the kernel takes for a sockaddr of its family, and lives as long as the call.
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }

    /// A new stream socket that no child process inherits; negative where there is none, with the reason in `errno`.
    package static func newSocket() -> Int32 {
        socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }
}
