import Glibc
import NIOCore

/// Why a connection wasn't made, as the event loop has it.
enum ConnectFailure: Error {
    /// The system's error number.
    case system(Int32)
    /// It took too long.
    case timeout
    /// The path can't be a socket's.
    case address

    /// Reads what the bootstrap failed with; nil if it is none of these.
    init?(_ error: any Error) {
        switch error {
        case let error as IOError: self = .system(error.errnoCode)
        case is SocketAddressError: self = .address
        case ChannelError.connectTimeout: self = .timeout
        default: return nil
        }
    }

    /// The client's error for it.
    func asClientError(_ path: String) -> VarlinkClientError {
        switch self {
        case .system(ENOENT), .system(ECONNREFUSED): .notRunning(path: path)
        case .system(EACCES), .system(EPERM): .notPermitted(path: path)
        // The service's queue is full.
        case .system(EAGAIN), .timeout: .timedOut(path: path)
        case .system(let number): .cannotConnect(path: path, errno: number)
        case .address: .invalidPath(path)
        }
    }
}
