import Glibc
import LinuxSystem

/// Finds out why no device can be opened at all: a device whose node is missing looks like one that was just pulled out.
enum NodesObstacle {
    /// What stands in the way, to stand behind "because"; nil where nothing does.
    static func found() -> String? {
        found(devices: "/sys/bus/usb/devices", nodes: "/dev/bus/usb")
    }

    /// The same with other folders. The kernel makes a node for every device, host controllers included, so that there are
    /// some wherever there is a device.
    static func found(devices: String, nodes: String) -> String? {
        guard access(nodes, F_OK) != 0, hasEntries(devices) else { return nil }
        return "the system has USB devices, and \(nodes) is kept from almd"
    }

    private static func hasEntries(_ path: String) -> Bool {
        (try? Folder.names(in: path, atMost: 1))?.isEmpty == false
    }
}
