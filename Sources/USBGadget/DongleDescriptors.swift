import DongleProtocol

/// What a dongle says of its interface, byte by byte: USB 2.0, chapter 9.6, and USB 3.2, chapter 9.6.7.
package enum DongleDescriptors {
    /// The address under which the endpoint that takes requests is described. The kernel gives it another where its
    /// controller needs one, so that nobody may take it for the real one.
    package static let requestAddress: UInt8 = 0x01
    /// The same for the endpoint that gives replies; the high bit says that it goes to the host.
    package static let replyAddress: UInt8 = 0x82

    /// The interface and its endpoints, as they follow on one another in a configuration.
    ///
    /// - Parameter string: the number of the string that names the interface; 0: none.
    package static func interface(_ speed: USBSpeed, string: UInt8) -> [[UInt8]] {
        var descriptors: [[UInt8]] = [
            [
                9, interfaceType, 0, 0, 2, USBInterface.classCode, USBInterface.subclass, USBInterface.protocolCode,
                string,
            ]
        ]
        for address in [requestAddress, replyAddress] {
            let size = speed.bulkPacketSize
            descriptors.append([
                7, endpointType, address, bulk, UInt8(truncatingIfNeeded: size), UInt8(truncatingIfNeeded: size >> 8),
                0,
            ])
            // No bursts and no streams: a request is answered before the next one comes.
            if speed == .superSpeed { descriptors.append([6, companionType, 0, 0, 0, 0]) }
        }
        return descriptors
    }

    private static let interfaceType: UInt8 = 4
    private static let endpointType: UInt8 = 5
    private static let companionType: UInt8 = 0x30
    private static let bulk: UInt8 = 2
}
