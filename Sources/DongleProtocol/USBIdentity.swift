/// What a USB device says it is in its device descriptor: who makes it, and which of the maker's products it is.
///
/// Anyone can write any numbers into a device, so they only tell which devices are worth greeting.
package struct USBIdentity: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number that the USB Implementers Forum gave the maker (`idVendor`).
    package let vendor: UInt16
    /// The number that the maker gave the product (`idProduct`).
    package let product: UInt16

    package init(vendor: UInt16, product: UInt16) {
        self.vendor = vendor
        self.product = product
    }

    /// The identity that `VVVV:PPPP` names, four hexadecimal digits each as `lsusb` prints them; nil for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let vendor = Self.number(parts[0]), let product = Self.number(parts[1]) else {
            return nil
        }
        self.init(vendor: vendor, product: product)
    }

    /// Used where an administrator names no other: a number of pid.codes for trials. Who sells dongles has numbers of
    /// their own.
    package static let standard = USBIdentity(vendor: 0x1209, product: 0x0001)

    package static func < (left: Self, right: Self) -> Bool {
        (left.vendor, left.product) < (right.vendor, right.product)
    }

    /// `1209:0001`.
    package var description: String { "\(Self.digits(vendor)):\(Self.digits(product))" }

    /// Four hexadecimal digits, as in udev rules.
    package static func digits(_ number: UInt16) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    private static func number(_ digits: Substring) -> UInt16? {
        // The initialiser below would take a sign.
        guard digits.utf8.count == 4, digits.allSatisfy(\.isHexDigit) else { return nil }
        return UInt16(digits, radix: 16)
    }
}
