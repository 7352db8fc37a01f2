import Glibc
import Licensing
import LinuxSystem

/// The socket on which file-backed dongles are plugged in, bound to its path and not yet listening.
struct BusSocket {
    /// The socket, the caller's to close.
    let descriptor: Int32
    /// The name that was made for it.
    let name: SocketName

    /// Binds a new socket to `path`, where a socket on which nobody listens any more makes way. Anything else that
    /// stands there is left alone, and no link is followed.
    ///
    /// - Parameters:
    ///   - mode: the permission bits; nobody can connect before they are set.
    ///   - group: the group of the socket's file; nil: the process's own.
    /// - Throws: `socketUnusable`, with the process where another one listens.
    init(path: String, mode: UInt32, group: UInt32?) throws(LicenceError) {
        func refused(_ reason: String) -> LicenceError {
            LicenceError(.socketUnusable, [.path: path, .reason: reason])
        }
        guard UnixAddress.isPossible(path) else {
            throw refused("a socket's path has 1 to \(UnixAddress.longestName) bytes")
        }
        switch SocketName.makeWay(at: path) {
        case nil: break
        case .listener(let process):
            throw refused("another process listens on it\(process.map { " (pid \($0))" } ?? "")")
        case .occupied: throw refused("something that is no socket stands there")
        case .failed(_, let number): throw refused(ErrorNumber.words(number))
        }
        let descriptor = UnixAddress.newSocket()
        guard descriptor >= 0 else { throw refused(ErrorNumber.words(errno)) }
        do throws(LicenceError) {
            // The name is born with these bits less the umask's, and gets the rest before anyone can connect.
            guard fchmod(descriptor, mode) == 0 else { throw refused(ErrorNumber.words(errno)) }
            let bound = UnixAddress.call(path) { bind(descriptor, $0, $1) }
            guard bound == 0 else { throw refused(ErrorNumber.words(bound)) }
            guard let name = SocketName(path) else { throw refused("it vanished") }
            if let group, lchown(path, .max, group) != 0 { throw refused(ErrorNumber.words(errno)) }
            guard fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw refused(ErrorNumber.words(errno))
            }
            self.descriptor = descriptor
            self.name = name
        } catch {
            close(descriptor)
            throw error
        }
    }
}
