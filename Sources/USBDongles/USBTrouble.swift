import DongleProtocol

/// Why a device that bears a dongle's identity is not used although it is there.
package enum USBTrouble: Sendable, Equatable {
    /// The daemon's user may not open its node.
    case noPermission
    /// Another program, or a driver of the kernel, has its interface.
    case claimedByAnother
    /// The kernel has set none of its configurations.
    case notConfigured
    /// None of its interfaces is a dongle's.
    case noDongleInterface
    /// It has no serial number, or one that no dongle may have.
    case serialUnusable
    /// As many dongles as there may be are plugged in already.
    case tooMany
    /// It was opened, and the daemon put it aside when it had greeted it, or it ended the conversation.
    case putAside
    /// Opening it failed; the text is libusb's name for what went wrong, and the number.
    case failed(String)

    /// Its name in the control interface.
    package var name: String {
        switch self {
        case .noPermission: "noPermission"
        case .claimedByAnother: "claimedByAnother"
        case .notConfigured: "notConfigured"
        case .noDongleInterface: "noDongleInterface"
        case .serialUnusable: "serialUnusable"
        case .tooMany: "tooMany"
        case .putAside: "putAside"
        case .failed: "failed"
        }
    }

    /// What is wrong, in lower case, to stand behind the name of the device and a colon.
    package var message: String {
        switch self {
        case .noPermission: "the user that almd runs as may not open it"
        case .claimedByAnother: "another program or a driver of the kernel uses it"
        case .notConfigured: "the kernel has not configured it"
        case .noDongleInterface: "it has no interface of a licence dongle"
        case .serialUnusable: "it has no serial number, or one that no dongle may have"
        case .tooMany: "too many dongles are plugged in"
        case .putAside: "it was put aside after it had been greeted; the log says why"
        case .failed(let reason): "it can't be opened (\(reason))"
        }
    }

    /// Who has to act, and how. The daemon tries again by itself whenever anything is plugged in or pulled out, and as
    /// soon as the permissions of the node change.
    package var hint: String {
        switch self {
        case .noPermission:
            "an administrator has to install the udev rule for dongles, then run: \(UdevWords.reload)"
        case .claimedByAnother: "end the program that uses it, then plug the dongle in again"
        case .notConfigured:
            "where a program such as USBGuard lets devices in, allow this one; then plug it in again, without a hub"
        case .noDongleInterface: "if it is no dongle, an administrator has to take its identity off the list"
        case .serialUnusable: "ask who sold the dongle for one with a serial number of its own"
        case .tooMany: "pull out a dongle that is not needed; this one is used as soon as there is room"
        case .putAside: "plug it in again; if that does not help, ask who sold it"
        case .failed: "plug it in again; if that does not help, try another socket and look into the kernel's log"
        }
    }
}
