import DongleProtocol
package import Licensing
package import USBDongles

/// What an administrator can set, from the command line and from a file in TOML. The command line wins.
package struct DaemonConfiguration: Sendable, Equatable {
    /// The folder of the local store.
    package var state: String
    /// The control socket.
    package var socket: String
    /// The folder with the vendors' public keys.
    package var vendors: String
    /// The socket by which file-backed dongles are plugged in; nil: there is none.
    package var bus: String?
    /// The group whose members may move keys.
    package var group: String
    /// Which devices on USB are dongles; nil: USB is left alone.
    package var usb: USBSettings?

    package init(
        state: String, socket: String, vendors: String, bus: String? = nil, group: String = "alm",
        usb: USBSettings? = .standard
    ) {
        self.state = state
        self.socket = socket
        self.vendors = vendors
        self.bus = bus
        self.group = group
        self.usb = usb
    }

    /// What the command line or the file leaves open.
    package static let installed = DaemonConfiguration(
        state: "/var/lib/almd", socket: "/run/almd/almd.sock", vendors: "/etc/almd/vendors")

    /// The largest file that is read, in bytes.
    static let largestFile = 65_536

    /// The settings of a file, or ``installed`` where there is none.
    ///
    /// - Throws: `usage` with line and reason.
    package init(file path: String?) throws(LicenceError) {
        self = .installed
        guard let path else { return }
        let text: String
        do {
            text = try SmallFile.text(of: path, atMost: Self.largestFile)
        } catch {
            throw Self.refused(path, error.reason)
        }
        try self.init(toml: text, path: path)
    }

    /// The settings of a file over those of ``installed``. Its form is ``SettingsReader``'s. Its names are `state`,
    /// `socket`, `vendors`, `bus` and `group`, which are texts, and `usb`, `usb-devices` and `usb-rescan`; any other is
    /// refused, since a setting that does nothing is worse than none.
    ///
    /// - Throws: `usage` with line and reason.
    package init(toml text: String, path: String) throws(LicenceError) {
        guard text.utf8.count <= Self.largestFile else {
            throw Self.refused(path, "it is larger than \(Self.largestFile) bytes")
        }
        do {
            try self.init(toml: text)
        } catch {
            throw Self.refused(path, "line \(error.line): \(error.reason)")
        }
    }

    private init(toml text: String) throws(Setting.Refusal) {
        self = .installed
        var (isUSBWanted, usb) = (true, USBSettings.standard)
        var reader = SettingsReader(text)
        for setting in try reader.settings() {
            switch setting.name {
            case "state": state = try setting.text
            case "socket": socket = try setting.text
            case "vendors": vendors = try setting.text
            case "bus": bus = try setting.text
            case "group": group = try setting.text
            case "usb": isUSBWanted = try setting.truth
            case "usb-devices": usb.identities = try setting.devices
            case "usb-rescan": usb.rescanInterval = try setting.duration(within: USBSettings.rescanIntervals)
            default: throw Setting.Refusal(line: setting.line, reason: "there is no setting \(setting.name)")
            }
        }
        self.usb = isUSBWanted ? usb : nil
    }

    /// What the command line says about USB. Devices named there are looked for instead of those of the file, also where
    /// the file leaves USB alone.
    ///
    /// - Throws: `usage`.
    package mutating func setUSB(devices: [String], isOff: Bool) throws(LicenceError) {
        guard !isOff || devices.isEmpty else {
            throw Self.usage("--no-usb and --usb-device contradict each other", "give one of them")
        }
        if isOff { usb = nil }
        guard !devices.isEmpty else { return }
        guard devices.count <= DongleCaps.identities else {
            throw Self.usage("--usb-device can be given \(DongleCaps.identities) times at most", "give fewer")
        }
        var settings = usb ?? .standard
        settings.identities = []
        for text in devices {
            guard let device = USBIdentity(text) else {
                throw Self.usage(
                    "--usb-device \(text) names no device", "give it as lsusb does: \(USBIdentity.standard)")
            }
            settings.identities.insert(device)
        }
        usb = settings
    }

    /// Puts what the command line says of paths in place of what is set; nil: it says nothing of it.
    ///
    /// - Throws: `usage` for an empty one, which would be the folder that the daemon happened to be started in.
    package mutating func setPaths(
        state: String?, socket: String?, vendors: String?, bus: String?
    ) throws(LicenceError) {
        for (name, path) in [("state", state), ("socket", socket), ("vendors", vendors), ("bus", bus)] {
            guard path?.isEmpty != true else {
                throw Self.usage("--\(name) may not be empty", "give a path, or leave it out")
            }
        }
        self.state = state ?? self.state
        self.socket = socket ?? self.socket
        self.vendors = vendors ?? self.vendors
        self.bus = bus ?? self.bus
    }

    private static func usage(_ reason: String, _ command: String) -> LicenceError {
        LicenceError(.usage, [.reason: reason, .command: command])
    }

    private static func refused(_ path: String, _ reason: String) -> LicenceError {
        LicenceError(.usage, [.reason: "\(path): \(reason)", .command: "see the README, \"Configuration\""])
    }
}

extension USBSettings {
    /// What is looked for where nothing else is configured.
    package static let standard = USBSettings()

    /// How often USB may be looked at anew where it can't tell by itself what is plugged in. More often would wear on the
    /// machine, and more rarely on the person who waits.
    static let rescanIntervals = Duration.milliseconds(100)...Duration.seconds(3600)
}
