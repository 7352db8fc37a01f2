package import DongleProtocol

/// The udev rule that gives the daemon's group the device nodes of dongles, and starts the daemon when one is plugged in.
///
/// It is installed as `60-almd.rules`. Rules are read in the order of their names: this one has to come after udev's own
/// `50-udev-default.rules`, which gives every USB device mode 0664, and before `73-seat-late.rules`, which hands devices to
/// whoever sits at the machine. udev(7) and systemd.device(5) say what the keys of a rule mean.
package enum UdevRule {
    /// The group that the daemon runs in. Not the group whose members may move keys: those talk to the daemon, and nobody
    /// but the daemon talks to a dongle.
    static let group = "almd"

    /// The text of the rule's file for dongles with these identities, in order and each of them once.
    package static func text(for identities: some Collection<USBIdentity>) -> String {
        header + Set(identities).sorted().map(line).joined() + footer
    }

    private static let header = """
        # Licence dongles. Written by `almd --print-udev-rule`; write it anew rather than edit it.
        #
        # The nodes belong to the daemon's group and are open to nobody else: no MODE="0666", and no TAG+="uaccess", which
        # would give them to whoever sits at the machine. Group and mode are final (:=), so that no rule with a higher
        # number opens them. The number 60 is after 50-udev-default.rules, which sets a mode of its own for every USB
        # device, and before 73-seat-late.rules. A dongle that is plugged in starts the daemon.

        ACTION=="remove", GOTO="almd_end"
        SUBSYSTEM!="usb", GOTO="almd_end"
        ENV{DEVTYPE}!="usb_device", GOTO="almd_end"


        """

    private static let footer = """

        LABEL="almd_end"

        """

    private static func line(_ identity: USBIdentity) -> String {
        let vendor = USBIdentity.digits(identity.vendor)
        let product = USBIdentity.digits(identity.product)
        return """
            ATTR{idVendor}=="\(vendor)", ATTR{idProduct}=="\(product)", \
            GROUP:="\(group)", MODE:="0660", TAG-="uaccess", \
            TAG+="systemd", ENV{SYSTEMD_WANTS}+="almd.service"

            """
    }
}
