import Synchronization
package import Vaults

/// Where dongles come from: the socket bus, and USB.
package protocol DongleSource: Sendable {
    /// What arrives and departs, in order, for one reader. An arrival is told once, its departure once and after it; one
    /// that departs before its arrival was read is not told of at all. Ends when the source is closed.
    var events: DongleEvents { get }
    /// Ends every cable of the source, and its events.
    func close() async
}

/// Something plugged in or pulled out.
package enum DongleEvent: Sendable {
    /// A dongle is there and can be greeted.
    case arrived(DongleArrival)
    /// It is gone.
    case departed(DonglePort)
}

/// A dongle that was just plugged in, not yet asked for anything.
package struct DongleArrival: Sendable {
    /// Which plugging-in it is.
    package let port: DonglePort
    /// The cable to it.
    package let transport: any DongleTransport & Sendable
    /// The serial number that the medium itself told (a USB descriptor); nil where the medium tells none.
    package let announcedSerial: SerialNumber?

    package init(
        port: DonglePort, transport: any DongleTransport & Sendable, announcedSerial: SerialNumber? = nil
    ) {
        self.port = port
        self.transport = transport
        self.announcedSerial = announcedSerial
    }
}

/// One plugging-in of one dongle: from its arrival to its departure. Never used twice.
package struct DonglePort: Sendable, Hashable, CustomStringConvertible {
    /// Different for every plugging-in of this process, whatever its source.
    package let number: UInt64
    /// `bus:3`: the source and the number.
    package let description: String

    /// The next one.
    package init(source: String) {
        number = Self.counter.add(1, ordering: .relaxed).newValue
        description = "\(source):\(number)"
    }

    private static let counter = Atomic<UInt64>(0)
}
