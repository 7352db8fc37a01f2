import DongleProtocol

/// The descriptors of a mocked device: what it says of itself before anyone talks to it.
package enum MockDescriptors {
    /// Which string a serial number is.
    static let serialIndex: UInt8 = 3

    /// The endpoint for requests and the one for replies, as a dongle has them unless told otherwise.
    package static let endpoints: (requests: UInt8, replies: UInt8) = (0x02, 0x83)

    /// Device, configuration, interface and endpoints of a dongle, as USB 2.0 §9.6 lays them out.
    static func dongle(
        _ identity: USBIdentity, speed: MockSpeed, endpoints: (requests: UInt8, replies: UInt8) = endpoints
    ) -> [UInt8] {
        let size = [UInt8(truncatingIfNeeded: speed.packetSize), UInt8(truncatingIfNeeded: speed.packetSize >> 8)]
        return [
            18, 1, 0x00, 0x02, 0, 0, 0, 64, UInt8(truncatingIfNeeded: identity.vendor),
            UInt8(truncatingIfNeeded: identity.vendor >> 8), UInt8(truncatingIfNeeded: identity.product),
            UInt8(truncatingIfNeeded: identity.product >> 8), 0x00, 0x01, 1, 2, serialIndex, 1,
        ] + [9, 2, 32, 0, 1, 1, 0, 0x80, 50]
            + [9, 4, 0, 0, 2, USBInterface.classCode, USBInterface.subclass, USBInterface.protocolCode, 0]
            + [7, 5, endpoints.requests, 2] + size + [0] + [7, 5, endpoints.replies, 2] + size + [0]
    }

    /// A string descriptor. Index 0 is the list of languages.
    static func string(_ text: String) -> [UInt8] {
        let units = text.utf16.prefix(126).flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
        }
        return [UInt8(truncatingIfNeeded: units.count + 2), 3] + units
    }

    /// The languages there are strings in: American English.
    static let languages: [UInt8] = [4, 3, 0x09, 0x04]
}

/// How fast a mocked device is, in megabits per second.
package enum MockSpeed: UInt32, Sendable, CaseIterable {
    case full = 12
    case high = 480

    /// The most bytes in a packet of a bulk endpoint.
    package var packetSize: Int { self == .full ? 64 : 512 }
}
