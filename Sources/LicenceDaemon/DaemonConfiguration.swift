import DongleProtocol
package import Licensing
import TOMLKit
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

    /// The settings of a file over those of ``installed``. Its keys are `state`, `socket`, `vendors`, `bus` and `group`,
    /// which are texts, and `usb`, `usb-devices` and `usb-rescan`; any other key is refused by name, since a setting that
    /// does nothing is worse than none.
    ///
    /// - Throws: `usage` with line and reason.
    package init(toml text: String, path: String) throws(LicenceError) {
        func refused(_ reason: String) -> LicenceError { Self.refused(path, reason) }
        guard text.utf8.count <= Self.largestFile else { throw refused("it is larger than \(Self.largestFile) bytes") }
        // The parser below ends at a NUL, however it is written, and would take what stands before it for the whole.
        guard !text.utf8.contains(0), !text.contains("\\u0000"), !text.contains("\\U00000000") else {
            throw refused("a NUL is in it")
        }
        if let line = Self.lineOfNamelessTable(text) { throw refused("line \(line) begins a table without a name") }
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch {
            throw refused("\(error)")
        }
        self = .installed
        var (isUSBWanted, usb) = (true, USBSettings.standard)
        for (key, value) in table {
            let setting = Setting(name: key, value: value)
            do throws(Setting.Refusal) {
                switch key {
                case "state": state = try setting.text
                case "socket": socket = try setting.text
                case "vendors": vendors = try setting.text
                case "bus": bus = try setting.text
                case "group": group = try setting.text
                case "usb": isUSBWanted = try setting.truth
                case "usb-devices": usb.identities = try setting.devices
                case "usb-rescan": usb.rescanInterval = try setting.duration(within: USBSettings.rescanIntervals)
                default: throw Setting.Refusal(reason: "there is no setting \(key)")
                }
            } catch {
                throw refused(error.reason)
            }
        }
        self.usb = isUSBWanted ? usb : nil
    }

    /// The first line that begins with a bracket or two and nothing behind them that a table's name can begin with; nil
    /// where there is none. The parser ends the process there, in place of an error.
    private static func lineOfNamelessTable(_ text: String) -> Int? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = text.utf8.starts(with: mark) ? text.utf8.dropFirst(mark.count) : text.utf8[...]
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        func withoutSpace(_ line: Substring.UTF8View) -> Substring.UTF8View {
            line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        }
        let index = lines.firstIndex { line in
            var rest = withoutSpace(line)
            guard rest.popFirst() == UInt8(ascii: "[") else { return false }
            rest = withoutSpace(rest)
            if rest.first == UInt8(ascii: "[") { rest = withoutSpace(rest.dropFirst()) }
            guard let next = rest.first else { return true }
            let isLetterOrDigit = Self.digits.contains(next) || Self.letters.contains(next | 0x20)
            return !isLetterOrDigit && !"_-\"']".utf8.contains(next)
        }
        return index.map { $0 + 1 }
    }

    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    private static let letters = UInt8(ascii: "a")...UInt8(ascii: "z")

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
        guard devices.count <= USBSettings.mostIdentities else {
            throw Self.usage("--usb-device can be given \(USBSettings.mostIdentities) times at most", "give fewer")
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

    /// The most kinds of device that can be configured.
    static let mostIdentities = 32
}
