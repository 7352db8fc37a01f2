package import DongleProtocol
package import Vaults

/// What has to be done in the file system so that the kernel makes a gadget, and to take it away: a pure list of steps.
///
/// After `Documentation/usb/gadget_configfs.rst` of the kernel.
package struct GadgetPlan: Sendable {
    /// One step; every path is absolute.
    package enum Step: Sendable, Hashable {
        case makeDirectory(String)
        case removeDirectory(String)
        /// Writes a setting of configfs.
        case write(String, to: String)
        case link(from: String, to: String)
        case removeLink(String)
        /// Mounts the FunctionFS of this name.
        case mount(String, at: String)
        case unmount(String)
    }

    /// Where things are on the machine.
    package struct Places: Sendable, Hashable {
        /// Where configfs is mounted.
        package let configFS: String
        /// Where the kernel lists its device controllers.
        package let controllers: String
        /// Where this program has its mounts and locks.
        package let runtime: String

        package init(
            configFS: String = "/sys/kernel/config", controllers: String = "/sys/class/udc",
            runtime: String = "/run/almdongle"
        ) {
            (self.configFS, self.controllers, self.runtime) = (configFS, controllers, runtime)
        }

        /// Where all gadgets are.
        package var gadgets: String { "\(configFS)/usb_gadget" }
    }

    /// The gadget's own folder in configfs.
    package let folder: String
    /// Where its FunctionFS is mounted.
    package let mountPoint: String
    /// What keeps a second process from the same gadget.
    package let lock: String
    /// The only name that may be in the folder `functions`: where there is another, the gadget is somebody else's.
    package let function: String
    /// The same for the folder `configs`.
    package let configuration = "c.1"
    /// Makes everything up to the mounted FunctionFS, whose tables then have to be written before ``binding(to:)``.
    package let setUp: [Step]

    /// The plan for the gadget `name` that is the dongle `serial`.
    package init(_ name: GadgetName, serial: SerialNumber, identity: USBIdentity, places: Places = Places()) {
        let folder = "\(places.gadgets)/almdongle-\(name)"
        let function = "ffs.\(name)"
        let mountPoint = "\(places.runtime)/\(name)"
        (self.folder, self.function, self.mountPoint) = (folder, function, mountPoint)
        lock = "\(places.runtime)/\(name).lock"
        let folders = ["", "/strings/0x409", "/functions/\(function)", "/configs/c.1"]
        let settings = [
            ("idVendor", "0x" + USBIdentity.digits(identity.vendor)),
            ("idProduct", "0x" + USBIdentity.digits(identity.product)),
            ("bcdDevice", "0x0100"),
            ("strings/0x409/manufacturer", "almd"),
            ("strings/0x409/product", "Licence dongle"),
            ("strings/0x409/serialnumber", serial.description),
            ("configs/c.1/bmAttributes", "0x80"),
            // A board that is fed through this cable takes more than the 100 mA that everything may take unasked.
            ("configs/c.1/MaxPower", "500"),
        ]
        setUp =
            folders.map { .makeDirectory(folder + $0) }
            + settings.map { .write($0.1, to: "\(folder)/\($0.0)") }
            + [
                .link(from: "\(folder)/functions/\(function)", to: "\(folder)/configs/c.1/\(function)"),
                .makeDirectory(mountPoint), .mount(name.description, at: mountPoint),
            ]
    }

    /// Plugs the gadget in: gives it the controller of this name.
    package func binding(to controller: String) -> Step { .write(controller, to: "\(folder)/UDC") }

    /// Pulls it out.
    package var unbinding: Step { .write("\n", to: "\(folder)/UDC") }

    /// Takes everything away that ``setUp`` made, whole or in part.
    package var tearDown: [Step] {
        [
            unbinding, .removeLink("\(folder)/configs/\(configuration)/\(function)"), .unmount(mountPoint),
            .removeDirectory(mountPoint), .removeDirectory("\(folder)/configs/\(configuration)"),
            .removeDirectory("\(folder)/functions/\(function)"), .removeDirectory("\(folder)/strings/0x409"),
            .removeDirectory(folder),
        ]
    }
}
