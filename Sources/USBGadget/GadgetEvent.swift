/// What the kernel tells on `ep0`: an event of `linux/usb/functionfs.h`.
package enum GadgetEvent: Sendable, Hashable {
    /// The gadget got a controller.
    case bind
    /// It lost its controller.
    case unbind
    /// The host chose the configuration, or set the interface: the endpoints are fresh.
    case enable
    /// The host reset the device or gave it up, or the cable was pulled.
    case disable
    /// A request on the control pipe that the kernel does not answer itself.
    case setup(SetupRequest)
    /// The bus sleeps.
    case suspend
    /// The bus woke up.
    case resume
    /// A number that `linux/usb/functionfs.h` did not have when this was written.
    case unknown(UInt8)

    /// A request on the control pipe, as far as it matters here.
    package struct SetupRequest: Sendable, Hashable {
        /// `bmRequestType`: the high bit says that the host wants to read.
        package let type: UInt8

        package init(type: UInt8) { self.type = type }

        /// Whether data would go to the host.
        package var isToHost: Bool { type & 0x80 != 0 }
    }

    /// The size of an event in bytes: eight of a control request, the event's number, three of padding.
    package static let size = 12

    /// The events in what one read gave. What is left over, fewer bytes than an event has, is dropped.
    package static func events(in bytes: ArraySlice<UInt8>) -> [GadgetEvent] {
        var rest = bytes
        var events: [GadgetEvent] = []
        while rest.count >= size {
            events.append(GadgetEvent(Array(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
        return events
    }

    /// - Parameter bytes: ``size`` of them.
    private init(_ bytes: [UInt8]) {
        self =
            switch bytes[8] {
            case 0: .bind
            case 1: .unbind
            case 2: .enable
            case 3: .disable
            case 4: .setup(SetupRequest(type: bytes[0]))
            case 5: .suspend
            case 6: .resume
            default: .unknown(bytes[8])
            }
    }
}
