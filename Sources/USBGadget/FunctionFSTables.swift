/// The two tables that a program writes to a FunctionFS's `ep0` before anything else, as `linux/usb/functionfs.h` has
/// them. All numbers are little-endian.
package enum FunctionFSTables {
    /// The interface at each speed.
    package static var descriptors: [UInt8] {
        let speeds: [USBSpeed] = [.full, .high, .superSpeed]
        let tables = speeds.map { DongleDescriptors.interface($0, string: 1) }
        let body = tables.flatMap { number($0.count) } + tables.joined().joined()
        return number(descriptorsMagic) + number(body.count + 12) + number(hasFull | hasHigh | hasSuperSpeed) + body
    }

    /// The name of the interface, in English.
    package static var strings: [UInt8] {
        let english: [UInt8] = [0x09, 0x04]
        let body = number(1) + number(1) + english + Array(interfaceName.utf8) + [0]
        return number(stringsMagic) + number(body.count + 8) + body
    }

    /// What the interface is called.
    package static let interfaceName = "Licence keys"

    private static let descriptorsMagic = 3
    private static let stringsMagic = 2
    private static let hasFull = 1
    private static let hasHigh = 2
    private static let hasSuperSpeed = 4

    /// Four bytes; every number here is small.
    private static func number(_ value: Int) -> [UInt8] {
        let value = UInt32(truncatingIfNeeded: value)
        return (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
