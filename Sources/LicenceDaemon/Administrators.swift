import Glibc
import Licensing

/// Who may move keys: uid 0, the user the daemon runs as, and the members of a group. Everybody else may list and use.
struct Administrators: Sendable {
    /// The group's name; `alm` unless configured otherwise.
    let group: String
    private let daemonUser: UInt32

    init(group: String, daemonUser: UInt32 = geteuid()) {
        self.group = group
        self.daemonUser = daemonUser
    }

    /// Whether a peer with this user and these groups is an administrator.
    ///
    /// The group is looked up each time: one that does not exist, or vanished, has no members.
    func include(user: UInt32, groups: [UInt32]) -> Bool {
        if user == 0 || user == daemonUser { return true }
        return groupIdentifier.map(groups.contains) ?? false
    }

    /// The group's number; nil where there is no such group now.
    var groupIdentifier: UInt32? {
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getgrnam_r(group, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return entry.gr_gid
    }
}
