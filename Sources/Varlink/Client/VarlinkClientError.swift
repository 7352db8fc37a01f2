import LinuxSystem

/// Why a client's call has no answer, or not the one hoped for.
package enum VarlinkClientError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Nobody listens at the path: there is no socket, or nobody behind it.
    case notRunning(path: String)
    /// The socket's permissions, or its folder's, keep this user out.
    case notPermitted(path: String)
    /// The path is empty, has a NUL, or doesn't fit into a socket address.
    case invalidPath(String)
    /// The service didn't accept the connection in time.
    case timedOut(path: String)
    /// The connection failed otherwise, with this error number of the system.
    case cannotConnect(path: String, errno: Int32)
    /// What answers doesn't speak Varlink. The connection is closed.
    case notVarlink(MessageFault)
    /// The connection ended before the answer came. The call may have been carried out or not.
    case connectionEnded
    /// The service answered with an error.
    case remote(RemoteError)
    /// The answer is Varlink, but not what the caller's type takes; the parameter that doesn't fit.
    case unexpectedReply(parameter: String)
    /// The call's parameters can't be encoded as an object, or the call would be too long.
    case unsendable(String)
    /// ``Limits/outstandingCalls`` are under way already.
    case tooManyCalls
    /// The caller's task was cancelled. The call may have been carried out or not.
    case cancelled

    package var description: String {
        switch self {
        case .notRunning(let path): "nobody answers on \(path)"
        case .notPermitted(let path): "\(path) may not be connected to by this user"
        case .invalidPath(let path): "\"\(path)\" is no socket's path"
        case .timedOut(let path): "\(path) did not accept the connection in time"
        case .cannotConnect(let path, let errno): "connecting to \(path): \(ErrorNumber.words(errno))"
        case .notVarlink(let fault): "the answer is not Varlink: \(fault)"
        case .connectionEnded: "the connection ended before the answer came"
        case .remote(let error): "the service answered \(error.name)"
        case .unexpectedReply(let parameter): "the answer's \"\(parameter)\" is not what was expected"
        case .unsendable(let reason): "the call can't be sent: \(reason)"
        case .tooManyCalls: "too many calls are under way on this connection"
        case .cancelled: "the call was cancelled"
        }
    }
}

extension VarlinkClientError {
    /// The client's error for whatever a future failed with.
    init(_ error: any Error) {
        self = (error as? VarlinkClientError) ?? .connectionEnded
    }

    /// The client's error for a connection that wasn't made.
    init(connectingTo path: String, _ error: any Error) {
        self = ConnectFailure(error)?.asClientError(path) ?? .cannotConnect(path: path, errno: 0)
    }
}
