import DongleProtocol

/// What is known of a device without opening it.
struct USBDeviceFacts: Sendable, Hashable {
    /// What it says it is.
    let identity: USBIdentity
    /// The number of the string descriptor with its serial number; 0: it has none.
    let serialIndex: UInt8
    /// The number of the bus; no identity, since it depends on the order in which controllers were found.
    let bus: UInt8
    /// The number of the device on the bus; given to another device some time after this one is gone.
    let address: UInt8

    /// The folder in which the device's node is: `/dev/bus/usb/001`.
    var folder: String { USBNode.folder(bus: bus) }
    /// The device's node: `/dev/bus/usb/001/004`.
    var node: String { USBNode.path(bus: bus, address: address) }
}

/// An interface in one of its settings, as its descriptor tells.
struct USBInterfaceDescriptor: Sendable, Hashable {
    /// `bInterfaceNumber`.
    var number: UInt8
    /// `bAlternateSetting`: which setting of the interface this is.
    var setting: UInt8
    /// `bInterfaceClass`.
    var classCode: UInt8
    /// `bInterfaceSubClass`.
    var subclass: UInt8
    /// `bInterfaceProtocol`.
    var protocolCode: UInt8
    /// Its endpoints in this setting, but for the control pipe.
    var endpoints: [USBEndpointDescriptor]
}

/// An endpoint, as its descriptor tells.
struct USBEndpointDescriptor: Sendable, Hashable {
    /// `bEndpointAddress`: the highest bit is set where it goes to the host.
    var address: UInt8
    /// `bmAttributes`: the two lowest bits are the kind of transfer.
    var attributes: UInt8
    /// `wMaxPacketSize`.
    var maximumPacketSize: UInt16
}
