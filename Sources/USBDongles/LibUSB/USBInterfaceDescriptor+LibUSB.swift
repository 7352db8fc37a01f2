import CLibUSB

/// Descriptors out of libusb's structures, which it has made of what the device sent.
extension USBInterfaceDescriptor {
    /// Every setting of every interface.
    static func all(in configuration: libusb_config_descriptor) -> [USBInterfaceDescriptor] {
        // Safe because libusb has made each array as long as the number beside it says.
        let interfaces = UnsafeBufferPointer(start: configuration.interface, count: Int(configuration.bNumInterfaces))
        return interfaces.flatMap { interface in
            UnsafeBufferPointer(start: interface.altsetting, count: max(0, Int(interface.num_altsetting))).map(
                Self.init)
        }
    }

    private init(_ descriptor: libusb_interface_descriptor) {
        // Safe for the same reason.
        let endpoints = UnsafeBufferPointer(start: descriptor.endpoint, count: Int(descriptor.bNumEndpoints))
        self.init(
            number: descriptor.bInterfaceNumber, setting: descriptor.bAlternateSetting,
            classCode: descriptor.bInterfaceClass, subclass: descriptor.bInterfaceSubClass,
            protocolCode: descriptor.bInterfaceProtocol,
            endpoints: endpoints.map {
                USBEndpointDescriptor(
                    address: $0.bEndpointAddress, attributes: $0.bmAttributes, maximumPacketSize: $0.wMaxPacketSize)
            })
    }
}
