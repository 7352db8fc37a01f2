import DongleProtocol
import Glibc

/// The USB devices that sysfs lists, for where libusb would not notice a new one: it finds devices once, and then only
/// learns of others from udev.
struct SysfsDevices: Sendable {
    private struct Key: Hashable {
        let name: String
        /// Of the device's folder, which is a new one each time something is plugged in.
        let inode: UInt
    }

    private let folder: String
    private var known: [Key: USBDevice] = [:]
    private var facts: [USBDevice: USBDeviceFacts] = [:]
    private var last: UInt = 0

    /// - Parameter folder: where sysfs has its links to the devices.
    init(folder: String = "/sys/bus/usb/devices") {
        self.folder = folder
    }

    /// What is known of a device of the last count; nil where it was not among them.
    subscript(device: USBDevice) -> USBDeviceFacts? { facts[device] }

    /// Counts the devices. One that is still there keeps its name.
    mutating func count() -> [USBDevice] {
        let before = known
        (known, facts) = ([:], [:])
        // An interface's name has a colon.
        for name in Self.names(in: folder) where !name.contains(":") {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard stat(path, &status) == 0, let found = Self.facts(at: path) else { continue }
            let key = Key(name: name, inode: UInt(status.st_ino))
            let device = before[key] ?? next()
            known[key] = device
            facts[device] = found
        }
        return Array(facts.keys)
    }

    private mutating func next() -> USBDevice {
        last &+= 1
        return USBDevice(identifier: last)
    }

    /// What the files of a device's folder tell; nil where they don't.
    private static func facts(at path: String) -> USBDeviceFacts? {
        // The device descriptor (USB 2.0, 9.6.1) stands at the beginning, as the device sent it.
        let descriptor = bytes(of: "\(path)/descriptors", atMost: 18)
        guard descriptor.count == 18, let bus = number(in: "\(path)/busnum"), let address = number(in: "\(path)/devnum")
        else { return nil }
        return USBDeviceFacts(
            identity: USBIdentity(
                vendor: UInt16(descriptor[9]) << 8 | UInt16(descriptor[8]),
                product: UInt16(descriptor[11]) << 8 | UInt16(descriptor[10])),
            serialIndex: descriptor[16], bus: bus, address: address)
    }

    private static func number(in path: String) -> UInt8? {
        let digits = bytes(of: path, atMost: 16).prefix { $0 != UInt8(ascii: "\n") }
        return UInt8(String(decoding: digits, as: UTF8.self))
    }

    private static func bytes(of path: String, atMost limit: Int) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = read(descriptor, &bytes, limit)
        return Array(bytes.prefix(max(0, count)))
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
