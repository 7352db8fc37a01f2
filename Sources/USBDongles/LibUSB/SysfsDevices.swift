import DongleProtocol
import Glibc
import LinuxSystem

/// The USB devices that sysfs lists: the kernel's own list, which is right at any time.
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
    ///
    /// - Throws: where the folder can't be listed, which says nothing about the devices. Where there is none, the kernel has
    ///   no USB.
    mutating func count() throws(LibUSBError) -> [USBDevice: USBDeviceFacts] {
        var (counted, present): ([Key: USBDevice], [USBDevice: USBDeviceFacts]) = ([:], [:])
        // An interface's name has a colon.
        for name in try Self.names(in: folder) where !name.contains(":") {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            let key = Key(name: name, inode: UInt(status.st_ino))
            if let device = known[key], let found = facts[device] {
                // Nothing of it can have changed, and there may be no descriptor left with which to read it again.
                (counted[key], present[device]) = (device, found)
            } else if let found = Self.facts(at: path) {
                let device = next()
                (counted[key], present[device]) = (device, found)
            }
        }
        (known, facts) = (counted, present)
        return present
    }

    private static func names(in folder: String) throws(LibUSBError) -> [String] {
        do throws(Folder.Failure) {
            return try Folder.names(in: folder)
        } catch {
            switch error.number {
            case ENOENT: return []
            case EACCES, EPERM: throw LibUSBError(.access)
            case EMFILE, ENFILE, ENOMEM: throw LibUSBError(.noMemory)
            default: throw LibUSBError(.io)
            }
        }
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
}
