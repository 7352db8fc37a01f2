import Glibc
import LinuxSystem

/// A socket that is closed when nobody holds it any more, so that its number is never another file's while somebody does.
final class OpenSocket: Sendable {
    /// The socket's number.
    let descriptor: Int32

    /// A new Unix stream socket; nil where there is none, with the reason in `errno`.
    init?() {
        let descriptor = UnixAddress.newSocket()
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Ends both directions, which wakes whoever waits for it.
    func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
