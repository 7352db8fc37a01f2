import LinuxSystem

/// Why a server can't listen, or can't send a reply.
package enum VarlinkServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path is empty, has a NUL, or doesn't fit into a socket address.
    case invalidPath(String, limit: Int)
    /// Somebody answers on that socket.
    case addressInUse(String)
    /// Something other than a socket stands at the path; it was left alone.
    case pathOccupied(String, by: String)
    /// The inherited descriptor is not a listening Unix stream socket.
    case notAListeningSocket(descriptor: Int32)
    /// A system call failed.
    case system(call: String, path: String, errno: Int32)
    /// The listening socket failed while the server was running.
    case listenerFailed
    /// A handler's reply is longer than ``Limits/replyBytes``.
    case replyTooLong(bytes: Int, limit: Int)

    package var description: String {
        switch self {
        case .invalidPath(let path, let limit): "the path \"\(path)\" is no socket address of 1 to \(limit) bytes"
        case .addressInUse(let path): "another process answers on \(path)"
        case .pathOccupied(let path, let kind): "\(path) is \(kind), not a socket; it was left alone"
        case .notAListeningSocket(let descriptor): "descriptor \(descriptor) is not a listening Unix socket"
        case .system(let call, let path, let errno): "\(call) \(path): \(ErrorNumber.words(errno))"
        case .listenerFailed: "the listening socket failed"
        case .replyTooLong(let bytes, let limit): "a reply of \(bytes) bytes is longer than \(limit)"
        }
    }
}
