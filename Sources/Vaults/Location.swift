package import Licensing

/// Where a key is, or is to go: `local`, the store of this machine, or `usb:SERIAL`, a dongle.
package enum Location: Sendable, Hashable, CustomStringConvertible {
    /// The local store.
    case local
    /// The dongle with this serial number.
    case usb(SerialNumber)

    /// Reads `local` or `usb:SERIAL`.
    ///
    /// - Throws: `noSuchLocation` for anything else.
    package init(_ text: String) throws(LicenceError) {
        if text == "local" {
            self = .local
        } else if text.hasPrefix("usb:"), let serial = SerialNumber(String(text.dropFirst(4))) {
            self = .usb(serial)
        } else {
            throw LicenceError(.noSuchLocation, [.location: text])
        }
    }

    package var description: String {
        switch self {
        case .local: "local"
        case .usb(let serial): "usb:\(serial)"
        }
    }
}

/// The serial number of a dongle, which is its identity: 1 to 32 ASCII letters, digits, hyphens, dots and underscores.
package struct SerialNumber: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number as text.
    package let description: String

    /// Takes text within the limits; nil for anything else.
    package init?(_ text: String) {
        guard (1...32).contains(text.utf8.count),
            text.utf8.allSatisfy({ byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || "-._".utf8.contains(byte)
            })
        else { return nil }
        description = text
    }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}
