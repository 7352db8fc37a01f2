import Dispatch
import Glibc
import Testing

@testable import LicenceDaemon

/// A service manager's end of the notices: a datagram socket.
final class NoticeSocket: Sendable {
    let address: NoticeAddress
    private let descriptor: Int32

    /// - Parameter name: a path, or `@` and a name without a file.
    init(_ name: String) throws {
        address = try #require(NoticeAddress(name))
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        try #require(address.withSocketAddress { bind(descriptor, $0, $1) } == 0)
    }

    deinit { close(descriptor) }

    /// The next notice, once it is there.
    func next() async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [self] in continuation.resume(returning: receive(flags: 0) ?? "") }
        }
    }

    /// The notices that are there already.
    func waiting() -> [String] {
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
