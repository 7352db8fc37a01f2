import DongleProtocol
import Vaults

/// A device on USB as the kernel shows it in `/sys`, whoever may open it.
struct ScannedDevice: Sendable, Hashable {
    /// An interface of a device.
    struct Interface: Sendable, Hashable {
        /// The kernel's name for it: `1-1:1.0`.
        let name: String
        /// Whether it says that it is a licence dongle's.
        let isDongle: Bool
        /// What has it: a driver of the kernel; `usbfs` where a program claimed it.
        let driver: String?
    }

    /// The kernel's name for it: `1-1`.
    let name: String
    let identity: USBIdentity
    let serial: String?
    /// The path of its node.
    let node: String
    /// Whether the kernel has set a configuration, without which it has no interfaces.
    let isConfigured: Bool
    let interfaces: [Interface]
}

/// The devices on USB (sysfs: `Documentation/ABI/testing/sysfs-bus-usb` of the kernel).
struct USBScan: Sendable {
    static let folder = "/sys/bus/usb/devices"

    let tree: SystemTree

    /// Whether the kernel knows USB here.
    var isThere: Bool { tree.names(in: Self.folder) != nil }

    /// The devices with one of these identities.
    func devices(_ identities: Set<USBIdentity>) -> [ScannedDevice] {
        let names = tree.names(in: Self.folder) ?? []
        return names.filter { !$0.contains(":") }.compactMap { device($0, identities, among: names) }
    }

    private func device(
        _ name: String, _ identities: Set<USBIdentity>, among names: [String]
    ) -> ScannedDevice? {
        func value(_ attribute: String) -> String? { tree.value("\(Self.folder)/\(name)/\(attribute)") }
        guard let vendor = value("idVendor"), let product = value("idProduct"),
            let identity = USBIdentity("\(vendor):\(product)"), identities.contains(identity),
            let bus = value("busnum").flatMap({ UInt8($0) }), let address = value("devnum").flatMap({ UInt8($0) })
        else { return nil }
        return ScannedDevice(
            name: name, identity: identity,
            // What a device says of itself is shown only in the form that a dongle's serial number has.
            serial: value("serial").flatMap { SerialNumber($0)?.description },
            node: USBNode.path(bus: bus, address: address),
            isConfigured: !(value("bConfigurationValue") ?? "").isEmpty,
            interfaces: names.filter { $0.hasPrefix("\(name):") }.map(interface))
    }

    private func interface(_ name: String) -> ScannedDevice.Interface {
        func number(_ attribute: String) -> UInt8? {
            tree.value("\(Self.folder)/\(name)/\(attribute)").flatMap { UInt8($0, radix: 16) }
        }
        return ScannedDevice.Interface(
            name: name,
            isDongle: number("bInterfaceClass") == USBInterface.classCode
                && number("bInterfaceSubClass") == USBInterface.subclass
                && number("bInterfaceProtocol") == USBInterface.protocolCode,
            driver: tree.target(of: "\(Self.folder)/\(name)/driver")?.split(separator: "/").last.map(String.init))
    }
}
