import DongleProtocol

/// The interface of a dongle and its two endpoints, as found in the descriptors.
struct USBPipes: Sendable, Hashable {
    let interface: UInt8
    /// The address of the endpoint to the device.
    let output: UInt8
    /// The address of the endpoint from the device.
    let input: UInt8
    /// The most bytes in a packet from the device, at least 1.
    let inputPacketSize: Int

    /// The first interface among `descriptors` that is a dongle's in its first setting: nil where none is.
    ///
    /// It has to have one bulk endpoint in each direction (``USBInterface``), with packets of a size that USB allows.
    init?(_ descriptors: [USBInterfaceDescriptor]) {
        let pipes = descriptors.sorted { $0.number < $1.number }.lazy.compactMap(Self.init(one:)).first
        guard let pipes else { return nil }
        self = pipes
    }

    private init?(one descriptor: USBInterfaceDescriptor) {
        guard descriptor.setting == 0, descriptor.classCode == USBInterface.classCode,
            descriptor.subclass == USBInterface.subclass, descriptor.protocolCode == USBInterface.protocolCode
        else { return nil }
        let bulk = descriptor.endpoints.filter { $0.attributes & 0x03 == 0x02 }
        let inputs = bulk.filter { $0.address & 0x80 != 0 }
        let outputs = bulk.filter { $0.address & 0x80 == 0 }
        guard inputs.count == 1, outputs.count == 1, let input = inputs.first, let output = outputs.first,
            input.isPossible, output.isPossible
        else { return nil }
        interface = descriptor.number
        self.input = input.address
        self.output = output.address
        inputPacketSize = Int(input.maximumPacketSize)
    }
}

extension USBEndpointDescriptor {
    /// Whether a bulk endpoint can be like this: a number from 1 to 15, the bits in between zero, and a packet of 1 to
    /// 1,024 bytes (USB 3.2, 9.6.6; smaller packets than the standard's are some gadgets' habit and do no harm).
    fileprivate var isPossible: Bool {
        address & 0x0F != 0 && address & 0x70 == 0 && (1...1024).contains(maximumPacketSize)
    }
}
