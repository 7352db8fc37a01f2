import Glibc

/// Finds out why no device can be opened at all. libusb does not: a device whose node is missing it takes for one that was
/// pulled out, and lists it no more.
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
        guard let folder = opendir(path) else { return false }
        defer { closedir(folder) }
        var count = 0
        // The folder itself and the one above it are entries, too.
        while count <= 2, readdir(folder) != nil { count += 1 }
        return count > 2
    }
}
