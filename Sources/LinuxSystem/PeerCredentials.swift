import Glibc

/// Who is at the other end of a Unix socket, as the kernel recorded it when the peer connected.
///
/// Rights follow from the user and the groups. The process identifier is for logs alone: by the time it is read, the
/// process may be gone and the number another's.
package struct PeerCredentials: Hashable, Sendable {
    /// The effective user identifier (SO_PEERCRED).
    package let user: UInt32
    /// The effective group identifier (SO_PEERCRED).
    package let group: UInt32
    /// The process identifier (SO_PEERCRED); 0 if it isn't visible from here.
    package let process: Int32
    /// The supplementary group identifiers (SO_PEERGROUPS); empty if the kernel didn't say.
    package let supplementaryGroups: [UInt32]

    /// Credentials; a server reads them from the socket, a test makes its own.
    package init(user: UInt32, group: UInt32, process: Int32, supplementaryGroups: [UInt32] = []) {
        self.user = user
        self.group = group
        self.process = process
        self.supplementaryGroups = supplementaryGroups
    }

    /// The group and the supplementary ones.
    package var groups: [UInt32] { [group] + supplementaryGroups }
}

extension PeerCredentials {
    /// Linux's `struct ucred`, which Glibc's module doesn't show without _GNU_SOURCE.
    private struct KernelCredentials {
        var process: Int32 = 0
        var user: UInt32 = .max
        var group: UInt32 = .max
    }

    /// The credentials of the peer of a connected socket; nil if the kernel doesn't tell.
    package init?(ofPeerOf socket: Int32) {
        var credentials = KernelCredentials()
        let expected = socklen_t(MemoryLayout<KernelCredentials>.size)
        var length = expected
        guard getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0, length == expected else {
            return nil
        }
        self.init(
            user: credentials.user, group: credentials.group, process: credentials.process,
            supplementaryGroups: Self.supplementaryGroups(ofPeerOf: socket))
    }

    /// SO_PEERGROUPS, with the buffer grown to what the kernel asks for. None if it fails: a group that isn't shown
    /// gives no right.
    private static func supplementaryGroups(ofPeerOf socket: Int32) -> [UInt32] {
        // From Linux's asm-generic/socket.h; Glibc's module has no name for it.
        let peerGroups: Int32 = 59
        // Linux allows a process NGROUPS_MAX = 65,536 groups.
        var capacity = 32
        while capacity <= 65_536 {
            var groups = [UInt32](repeating: 0, count: capacity)
            var length = socklen_t(capacity * MemoryLayout<UInt32>.stride)
            if getsockopt(socket, SOL_SOCKET, peerGroups, &groups, &length) == 0 {
                return Array(groups.prefix(Int(length) / MemoryLayout<UInt32>.stride))
            }
            guard errno == ERANGE else { return [] }
            // The kernel wrote the length it needs; at least double, should it not have.
            capacity = max(capacity * 2, Int(length) / MemoryLayout<UInt32>.stride)
        }
        return []
    }
}
