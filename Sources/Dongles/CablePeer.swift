import Glibc

/// Who is at the other end of a connection, as the kernel noted it when it was made.
struct CablePeer: Sendable {
    /// The effective user.
    let user: UInt32
    /// The effective group and every supplementary one.
    let groups: [UInt32]
    /// The process; only good for a message, since the number may be another's by now.
    let process: Int32

    /// The peer of a connected socket; nil where the kernel does not tell.
    init?(of socket: Int32) {
        // Linux's `struct ucred` (unix(7)), which Glibc shows under _GNU_SOURCE alone.
        var credentials: (process: Int32, user: UInt32, group: UInt32) = (0, .max, .max)
        var length = socklen_t(MemoryLayout.size(ofValue: credentials))
        let expected = length
        guard getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0, length == expected else {
            return nil
        }
        user = credentials.user
        process = credentials.process
        groups = [credentials.group] + Self.supplementaryGroups(of: socket)
    }

    /// None where the kernel does not tell: a group that is not known gives no right.
    private static func supplementaryGroups(of socket: Int32) -> [UInt32] {
        // SO_PEERGROUPS of Linux's asm-generic/socket.h, for which Glibc has no name.
        let option: Int32 = 59
        var room = 64
        // A process has at most 65,536 groups (NGROUPS_MAX). Too little room is answered with ERANGE.
        while room <= 65_536 {
            var groups = [UInt32](repeating: 0, count: room)
            var length = socklen_t(room * MemoryLayout<UInt32>.stride)
            if getsockopt(socket, SOL_SOCKET, option, &groups, &length) == 0 {
                return Array(groups.prefix(Int(length) / MemoryLayout<UInt32>.stride))
            }
            guard errno == ERANGE else { return [] }
            room *= 4
        }
        return []
    }
}
