import Glibc

/// Why no gadget can be made, or why it ended.
package struct GadgetError: Error, Sendable, Hashable {
    /// What programs tell these errors apart by.
    package enum Kind: Sendable, Hashable, CaseIterable {
        /// It takes root.
        case notPermitted
        /// The kernel has no support for gadgets, or for FunctionFS.
        case unsupported
        /// The machine has no device controller, or not the one that was asked for.
        case noController
        /// The device controller, or the gadget's name, is in use.
        case busy
        /// The gadget's name belongs to something that this program did not make.
        case foreign
        /// The controller was taken away while the dongle was plugged in.
        case lost
        /// Something else went wrong.
        case failed
    }

    /// Which error.
    package let kind: Kind
    /// What and why, in lower case, naming the object.
    package let message: String
    /// Who has to act, and how.
    package let hint: String

    private init(_ kind: Kind, _ message: String, hint: String) {
        (self.kind, self.message, self.hint) = (kind, message, hint)
    }

    /// The kernel does not let this user; with what it said.
    static func notPermitted(_ detail: String) -> Self {
        Self(.notPermitted, "being a USB device takes root: \(detail)", hint: "run the command as root")
    }

    /// configfs has no gadgets.
    static let noGadgets = Self(
        .unsupported, "the kernel can't be a USB device: there is no usb_gadget in configfs",
        hint: "as root: modprobe libcomposite; where there is none, use a kernel with CONFIG_USB_CONFIGFS")

    /// There is no such file system.
    static let noFunctionFS = Self(
        .unsupported, "the kernel has no FunctionFS, which the dongle's interface is made with",
        hint: "as root: modprobe usb_f_fs; where there is none, use a kernel with CONFIG_USB_CONFIGFS_F_FS")

    /// There is no controller at all.
    static let noController = Self(
        .noController, "this machine has no USB device controller, so that it can't be plugged in anywhere",
        hint: "on a board, enable its device port (dtoverlay=dwc2); to try it within one PC: modprobe dummy_hcd")

    /// There is none of that name; with the names of those that there are.
    static func noController(_ name: String, among names: [String]) -> Self {
        Self(
            .noController, "there is no USB device controller \(name)",
            hint: names.isEmpty ? noController.hint : "give one of these with --udc: \(names.joined(separator: ", "))")
    }

    /// Which one is meant was not said; with the names of those that are free.
    static func severalControllers(_ names: [String]) -> Self {
        Self(
            .noController, "several USB device controllers are free: \(names.joined(separator: ", "))",
            hint: "say with --udc at which one's port the dongle is to be")
    }

    /// The controller has a gadget already; with that one's name, where it has one.
    static func controllerBusy(_ name: String, holder: String?) -> Self {
        Self(
            .busy, "the USB device controller \(name) is in use by \(holder ?? "another driver")",
            hint: "stop that one first, or give another with --udc; see /sys/class/udc")
    }

    /// Another process has the gadget of this name.
    static func nameBusy(_ name: GadgetName) -> Self {
        Self(
            .busy, "another almdongle already is the gadget \(name)",
            hint: "stop that one first, or give this one another --name")
    }

    /// The gadget of this name has something in it that this program does not make; with what that is.
    static func foreign(_ folder: String, _ found: String) -> Self {
        Self(
            .foreign, "\(folder) was not made by almdongle: it has \(found)",
            hint: "give another --name, or remove that gadget if nobody needs it; nothing was changed")
    }

    /// The gadget was unbound by somebody else.
    static func lost(_ controller: String) -> Self {
        Self(
            .lost, "the USB device controller \(controller) was taken away",
            hint: "see what unbound it (another gadget, or its driver was unloaded), then run the command again")
    }

    /// A call failed for another reason; with what the kernel said.
    static func failed(_ detail: String) -> Self {
        Self(
            .failed, "the kernel did not make the gadget: \(detail)",
            hint: "see the kernel's log (dmesg), then run the command again; it cleans up what is left")
    }
}

extension GadgetError {
    /// What a failed call means.
    init(_ failure: SystemCallFailure) {
        switch failure.number {
        case EACCES, EPERM, EROFS: self = .notPermitted(failure.detail)
        default: self = .failed(failure.detail)
        }
    }
}
