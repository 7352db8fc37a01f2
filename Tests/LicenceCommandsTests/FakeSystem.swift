import Foundation
import Glibc
import LicenceCommands

/// A machine's files as `almctl doctor` sees them, in a folder of the test's own. At first everything is in order: systemd
/// and udev run, the units and the rule are installed, and no dongle is plugged in.
final class FakeSystem: Sendable {
    static let serviceUser: UInt32 = 998
    static let serviceGroup: UInt32 = 997
    static let node = "/dev/bus/usb/001/004"

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for path in ["/run/systemd/system", "/run/udev", "/sys/bus/usb/devices", "/proc"] { try makeFolder(path) }
        try write("root:x:0:0::/:/bin/sh\nalmd:x:998:997::/:/usr/sbin/nologin\n", to: "/etc/passwd")
        try write("root:x:0:\nalmd:x:997:\nalm:x:996:\nplugdev:x:46:almd\n", to: "/etc/group")
        try write("[Unit]\n[Service]\nRestrictAddressFamilies=AF_UNIX AF_NETLINK\n", to: Self.unit)
        try write("[Socket]\n", to: "/usr/lib/systemd/system/almd.socket")
        try link("/usr/lib/systemd/system/almd.socket", at: "/etc/systemd/system/sockets.target.wants/almd.socket")
        try write(Self.rule(), to: Self.ruleFile)
        try write("SUBSYSTEM==\"usb\", MODE=\"0664\"\n", to: "/usr/lib/udev/rules.d/50-udev-default.rules")
    }

    static let unit = "/usr/lib/systemd/system/almd.service"
    static let ruleFile = "/usr/lib/udev/rules.d/60-almd.rules"

    static func rule(_ permissions: String = "GROUP:=\"almd\", MODE:=\"0660\"", device: String = "0001") -> String {
        "# comment\nATTR{idVendor}==\"1209\", ATTR{idProduct}==\"\(device)\", \\\n  \(permissions)\n"
    }

    /// How `almctl` looks at it.
    func tree(user: UInt32 = 0) -> SystemTree { SystemTree(root: folder.path, user: user) }

    /// The path of `path` outside.
    func path(_ path: String) -> String { folder.path + path }

    func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: self.path(path), withIntermediateDirectories: true)
    }

    func write(_ text: String, to path: String) throws {
        try makeFolder((path as NSString).deletingLastPathComponent)
        try Data(text.utf8).write(to: URL(filePath: self.path(path)))
    }

    /// Sets the permissions of what is there, and gives it to a group where the test may do so.
    ///
    /// - Returns: the group that it has then.
    @discardableResult
    func permit(_ path: String, _ mode: UInt16, group: UInt32 = serviceGroup) throws -> UInt32 {
        let isGiven = chown(self.path(path), uid_t.max, group) == 0
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: self.path(path))
        return isGiven ? group : getegid()
    }

    func link(_ target: String, at path: String) throws {
        try makeFolder((path as NSString).deletingLastPathComponent)
        try? FileManager.default.removeItem(atPath: self.path(path))
        try FileManager.default.createSymbolicLink(atPath: self.path(path), withDestinationPath: target)
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: self.path(path)) }

    /// Plugs a dongle in, whose node belongs to the user who runs the test.
    ///
    /// - Parameters:
    ///   - mode: of the node; nil: there is none.
    ///   - interface: class, subclass and protocol.
    ///   - driver: what has the interface.
    func plug(
        product: String = "0001", mode: UInt16? = 0o666, isConfigured: Bool = true,
        interface: (String, String, String) = ("ff", "41", "01"), driver: String? = nil
    ) throws {
        let device = "/sys/bus/usb/devices/1-1"
        let values = [
            "idVendor": "1209", "idProduct": product, "busnum": "1", "devnum": "4", "serial": "4711",
            "bConfigurationValue": isConfigured ? "1" : "",
        ]
        for (name, value) in values { try write(value + "\n", to: "\(device)/\(name)") }
        try write("ff\n", to: "/sys/bus/usb/devices/1-0:1.0/bInterfaceClass")
        for (name, value) in [
            ("bInterfaceClass", interface.0), ("bInterfaceSubClass", interface.1), ("bInterfaceProtocol", interface.2),
        ] { try write(value + "\n", to: "\(device):1.0/\(name)") }
        if let driver { try link("../../../bus/usb/drivers/\(driver)", at: "\(device):1.0/driver") }
        guard let mode else { return }
        try write("", to: Self.node)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(Self.node))
    }

    /// A process that has `files` open, or none of whose files may be seen.
    func run(_ process: Int, _ name: String, user: UInt32 = 1000, groups: String = "1000", open files: [String]?) throws
    {
        try write("\(name)\n", to: "/proc/\(process)/comm")
        let status =
            "Name:\t\(name)\nUid:\t\(user)\t\(user)\t\(user)\t\(user)\nGid:\t\(user)\t\(user)\nGroups:\t\(groups) \n"
        try write(status, to: "/proc/\(process)/status")
        guard let files else { return }
        try makeFolder("/proc/\(process)/fd")
        for (number, file) in files.enumerated() { try link(file, at: "/proc/\(process)/fd/\(number)") }
    }
}
