import Glibc
import LinuxSystem

/// The Unix datagram socket on which a service manager takes notices (`NOTIFY_SOCKET` of `sd_notify(3)`).
package struct NoticeAddress: Sendable, Hashable {
    /// The name as the kernel takes it: a path, or after a NUL a name without a file ("abstract").
    let name: [UInt8]

    /// Reads `/run/systemd/notify`, or `@name` for an abstract socket; nil for anything else, and for what is too long.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count > 1, bytes.count <= UnixAddress.longestName, !bytes.contains(0)
        else {
            return nil
        }
        switch first {
        case UInt8(ascii: "/"): name = bytes
        case UInt8(ascii: "@"): name = [0] + bytes.dropFirst()
        default: return nil
        }
    }

    /// Calls `body` with the address and its length.
    func withSocketAddress<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        UnixAddress.with(name, body)
    }
}
