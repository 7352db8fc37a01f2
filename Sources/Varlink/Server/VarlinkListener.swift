/// Where a server listens.
package enum VarlinkListener: Sendable {
    /// At a path, with those permission bits (such as 0o666). The socket is made there, and removed at the end.
    case path(String, mode: UInt32)
    /// On a listening socket that was handed to the process; systemd's first is descriptor 3. Its name stays.
    case inherited(descriptor: Int32)
}
