import Vaults

/// The texts that a device tells of itself (USB 2.0, 9.6.7).
enum USBString {
    /// `bDescriptorType` of a text, and of the list of languages.
    static let descriptorType: UInt8 = 0x03

    /// The first language in a device's list, which is its text 0; nil where the bytes are no such list.
    static func firstLanguage(_ descriptor: [UInt8]) -> UInt16? { units(descriptor)?.first }

    /// The serial number in a text; nil where the bytes are no text, or the text can't be a dongle's serial number.
    static func serial(_ descriptor: [UInt8]) -> SerialNumber? {
        guard let units = units(descriptor), units.allSatisfy({ $0 < 0x80 }) else { return nil }
        return SerialNumber(String(decoding: units, as: UTF16.self))
    }

    /// The 16-bit units of a descriptor: at least one, and all that its length announces.
    private static func units(_ descriptor: [UInt8]) -> [UInt16]? {
        guard descriptor.count >= 4, descriptor[1] == descriptorType, Int(descriptor[0]) == descriptor.count,
            descriptor.count.isMultiple(of: 2)
        else { return nil }
        return stride(from: 2, to: descriptor.count, by: 2).map { index in
            UInt16(descriptor[index + 1]) << 8 | UInt16(descriptor[index])
        }
    }
}
