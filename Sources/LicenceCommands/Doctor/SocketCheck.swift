/// Why whoever asks may not connect to the daemon's socket, as far as the permissions of the socket and its folder tell.
struct SocketCheck: Sendable {
    let path: String
    let tree: SystemTree
    /// Whether systemd makes the socket.
    let isService: Bool

    /// What was found and what cures it; nil where the permissions are not it.
    var reason: DeviceCheck.Reason? { tree.user == 0 ? nil : socket ?? folder }

    /// To connect takes the right to write (unix(7)).
    private var socket: DeviceCheck.Reason? {
        guard let status = tree.status(path), status.mode & 0o002 == 0 else { return nil }
        return DeviceCheck.Reason(
            found: "you (user \(user)) may not connect to \(path), which belongs to \(owner(status))",
            cure: status.group != 0 && status.mode & 0o020 != 0
                ? "as root: usermod --append --groups \(tree.groupName(status.group)) \(user); then log in anew"
                : opening)
    }

    /// Who may not look into the folder sees no socket in it, whether there is one or not.
    private var folder: DeviceCheck.Reason? {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        guard !folder.isEmpty, tree.status(path) == nil, let status = tree.status(folder), status.mode & 0o001 == 0
        else { return nil }
        return DeviceCheck.Reason(
            found: "you (user \(user)) may not look into \(folder), which belongs to \(owner(status))",
            cure: "as root: chmod a+x \(folder)")
    }

    /// What lets everybody connect, as the unit of the socket is delivered. Who may do what is the daemon's to decide.
    private var opening: String {
        let line = "as root: chmod 0666 \(path)"
        return isService ? "\(line); systemctl cat \(UnitCheck.socket) shows which SocketMode= made it so" : line
    }

    private var user: String { tree.userName(tree.user) }

    /// `almd:almd with mode 0600`
    private func owner(_ status: SystemTree.Status) -> String {
        "\(tree.userName(status.owner)):\(tree.groupName(status.group)) with mode 0\(String(status.mode, radix: 8))"
    }
}
