/// The files by which Linux gives USB devices to programs.
package enum USBNode {
    /// The folder of a bus: `/dev/bus/usb/001`.
    package static func folder(bus: UInt8) -> String { "/dev/bus/usb/\(digits(bus))" }

    /// The node of a device: `/dev/bus/usb/001/004`.
    package static func path(bus: UInt8, address: UInt8) -> String { "\(folder(bus: bus))/\(digits(address))" }

    private static func digits(_ number: UInt8) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }
}
