import Control
import DongleProtocol

/// Why one device on USB is not used, as far as the system shows it.
struct DeviceCheck: Sendable {
    let device: ScannedDevice
    let tree: SystemTree
    /// Who opens dongles; nil where nobody can tell.
    let opener: ServiceUser?
    /// The daemon's process, if it runs.
    let daemon: Int?
    /// What is wrong with the udev rules.
    let isRuleInOrder: Bool

    /// What was found and what cures it.
    struct Reason: Sendable, Hashable {
        let found: String
        let cure: String
    }

    /// Whether its node is there and the daemon may open it.
    var mayBeOpened: Bool {
        guard let status = tree.status(device.node) else { return false }
        return opener?.mayOpen(status) ?? true
    }

    /// The first reason that explains why the device can't be used; nil where nothing speaks against it.
    var reason: Reason? { node ?? permission ?? configuration ?? interface ?? claim }

    private var node: Reason? {
        guard tree.status(device.node) == nil else { return nil }
        return Reason(
            found: "the kernel has it, and there is no node \(device.node)",
            cure:
                "in a container, whoever starts it passes /dev/bus/usb into it; elsewhere, as root: \(UdevWords.reload)"
        )
    }

    private var permission: Reason? {
        guard let opener, let status = tree.status(device.node), !opener.mayOpen(status) else { return nil }
        let mode = String(status.mode, radix: 8)
        let found =
            "the node belongs to \(tree.userName(status.owner)):\(tree.groupName(status.group)) with mode 0\(mode), "
            + "and almd \(opener.isRunning ? "runs" : "will run") as \(tree.userName(opener.user))"
        // A process keeps the groups that it was started with.
        if opener.isRunning, let service = ServiceUser(installedIn: tree), service.user == opener.user,
            service.mayOpen(status)
        {
            return Reason(
                found: found + ", started before its user was put into group \(tree.groupName(status.group))",
                cure: "as root: systemctl restart almd")
        }
        return Reason(found: found, cure: isRuleInOrder ? "as root: \(UdevWords.reload)" : RuleCheck.cure)
    }

    private var configuration: Reason? {
        guard !device.isConfigured else { return nil }
        return Reason(
            found: "the kernel has not configured it",
            cure: "plug it in again, without a hub if there is one; a hub may lack power for it")
    }

    private var interface: Reason? {
        guard !device.interfaces.contains(where: \.isDongle) else { return nil }
        return Reason(
            found: "none of its interfaces is a licence dongle's, so it is another product with the same numbers",
            cure: "an administrator takes \(device.identity) out of usb-devices in /etc/almd/almd.toml")
    }

    private var claim: Reason? {
        guard let interface = device.interfaces.first(where: \.isDongle), let driver = interface.driver else {
            return nil
        }
        guard driver == "usbfs" else {
            return Reason(
                found: "the kernel's driver \(driver) has its interface \(interface.name)",
                cure: "as root: echo \(interface.name) > /sys/bus/usb/drivers/\(driver)/unbind")
        }
        let holders = NodeHolders(of: device.node, except: daemon, in: tree)
        if !holders.names.isEmpty {
            return Reason(
                found: "\(holders.names.joined(separator: ", ")) has claimed it",
                cure: "end that program, then plug the dongle in again")
        }
        // It may well be the daemon's own claim.
        guard daemon == nil || holders.areSomeHidden else { return nil }
        return Reason(
            found: "a program has claimed it",
            cure: holders.areSomeHidden
                ? "run almctl doctor as root, which shows the program; end it"
                : "end that program, then plug it in again")
    }
}
