import Glibc
import LinuxSystem

/// Finds out why the system can't tell of arrivals. libusb does not: where udev is missing, or in another network
/// namespace, it listens and hears nothing.
enum HotplugObstacle {
    /// Where udev takes orders; it exists as long as udev runs.
    private static let udevSocket = "/run/udev/control"

    /// What stands in the way, to stand behind "because"; nil where nothing does.
    static func found() -> String? {
        let listener = socket(
            AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), netlinkOfDevices)
        guard listener >= 0 else {
            return "no netlink socket may be opened (\(ErrorNumber.words(errno)))"
        }
        close(listener)
        guard access(udevSocket, F_OK) == 0 else { return "udev does not run here" }
        // The kernel lists the Unix sockets of the own network namespace alone, and udev sends its news only in the one
        // that it was started in.
        if let sockets = contents(of: "/proc/self/net/unix"), !sockets.contains(udevSocket) {
            return "udev runs in another network namespace"
        }
        return nil
    }

    /// `NETLINK_KOBJECT_UEVENT` of linux/netlink.h, for which Glibc has no name.
    private static let netlinkOfDevices: Int32 = 15

    /// A file of less than 4 MiB; nil where it is larger or can't be read, since then what it lacks proves nothing.
    private static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while bytes.count < 4 << 20 {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
            bytes += buffer.prefix(count)
        }
        return nil
    }
}
