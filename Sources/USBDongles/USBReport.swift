package import DongleProtocol
package import Vaults

/// What the USB side of the daemon knows at one moment.
package struct USBReport: Sendable, Equatable {
    /// How arrivals are noticed.
    package var hotplug: Hotplug
    /// The devices that are there and bear one of the identities, by ``USBSighting/node``.
    package var devices: [USBSighting]

    /// How arrivals are noticed.
    package enum Hotplug: Sendable, Equatable {
        /// The system tells of them.
        case working
        /// It can't, for the reason that stands behind "because"; the devices are counted again at this interval.
        case impossible(reason: String, rescanEvery: Duration)
        /// It did when this began, and can't any more, for the reason that stands behind "because".
        case ended(reason: String)
    }

    package init(hotplug: Hotplug, devices: [USBSighting]) {
        self.hotplug = hotplug
        self.devices = devices
    }
}

/// A device that bears one of the identities, whether it can be used or not.
package struct USBSighting: Sendable, Equatable {
    /// The path of its node: `/dev/bus/usb/001/004`. Another device may bear it once this one is gone.
    package var node: String
    /// What it says it is.
    package var identity: USBIdentity
    /// Its serial number, once it was read and is a dongle's.
    package var serial: SerialNumber?
    /// How far it has come.
    package var state: State

    /// How far a device has come.
    package enum State: Sendable, Equatable {
        /// It is being opened, for about a second at most.
        case opening
        /// It was told of as arrived, and its cable is open.
        case inUse
        /// It is there and not used.
        case trouble(USBTrouble)
    }

    package init(node: String, identity: USBIdentity, serial: SerialNumber?, state: State) {
        self.node = node
        self.identity = identity
        self.serial = serial
        self.state = state
    }
}
