/// What the interface of a dongle says it is in its interface descriptor. All three have to be so, and it has to have one
/// bulk endpoint in each direction.
package enum USBInterface {
    /// `bInterfaceClass`: vendor-specific.
    package static let classCode: UInt8 = 0xFF
    /// `bInterfaceSubClass`: "A", for the licence dongles of this protocol.
    package static let subclass: UInt8 = 0x41
    /// `bInterfaceProtocol`: how frames lie on the endpoints; not the version of what they say.
    package static let protocolCode: UInt8 = 0x01
}
