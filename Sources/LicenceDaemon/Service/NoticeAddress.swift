import Glibc

/// The Unix datagram socket on which a service manager takes notices (`NOTIFY_SOCKET` of `sd_notify(3)`).
package struct NoticeAddress: Sendable, Hashable {
    /// The name as the kernel takes it: a path, or after a NUL a name without a file ("abstract").
    let name: [UInt8]

    /// Reads `/run/systemd/notify`, or `@name` for an abstract socket; nil for anything else, and for what is too long.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count > 1, bytes.count <= Self.longest, !bytes.contains(0) else {
            return nil
        }
        switch first {
        case UInt8(ascii: "/"): name = bytes
        case UInt8(ascii: "@"): name = [0] + bytes.dropFirst()
        default: return nil
        }
    }

    /// The longest name, in bytes: `sun_path` less a NUL.
    static let longest = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// Calls `body` with the address and its length. The length counts: an abstract name has no end of its own.
    func withSocketAddress<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
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
}
