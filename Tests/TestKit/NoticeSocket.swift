import Dispatch
import Glibc
import Testing

/// A service manager's end of the notices (sd_notify(3)): a datagram socket.
package final class NoticeSocket: Sendable {
    /// What `NOTIFY_SOCKET` has to be for a service that is to tell this one.
    package let name: String
    private let descriptor: Int32

    /// - Parameter name: a path, or `@` and a name without a file.
    package init(_ name: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A name without a file begins with a zero byte (unix(7)).
        let bytes = name.utf8.enumerated().map { $0 == 0 && $1 == UInt8(ascii: "@") ? 0 : $1 }
        try #require(bytes.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let isBound = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
        }
        (self.name, self.descriptor) = (name, descriptor)
        try #require(descriptor >= 0 && isBound)
    }

    deinit {
        close(descriptor)
        unlink(name)
    }

    /// The next notice, once it is there.
    package func next() async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [self] in continuation.resume(returning: receive(flags: 0) ?? "") }
        }
    }

    /// The notices that are there already.
    package func waiting() -> [String] {
        var notices: [String] = []
        while let notice = receive(flags: Int32(MSG_DONTWAIT)) { notices.append(notice) }
        return notices
    }

    private func receive(flags: Int32) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, flags)
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }
}
