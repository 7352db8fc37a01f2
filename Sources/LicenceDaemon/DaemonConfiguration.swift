package import Licensing
import TOMLKit

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

    package init(state: String, socket: String, vendors: String, bus: String? = nil, group: String = "alm") {
        self.state = state
        self.socket = socket
        self.vendors = vendors
        self.bus = bus
        self.group = group
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
    /// all of them texts; any other key is refused by name, since a setting that does nothing is worse than none.
    ///
    /// - Throws: `usage` with line and reason.
    package init(toml text: String, path: String) throws(LicenceError) {
        func refused(_ reason: String) -> LicenceError { Self.refused(path, reason) }
        guard text.utf8.count <= Self.largestFile else { throw refused("it is larger than \(Self.largestFile) bytes") }
        // The parser below ends at a NUL, however it is written, and would take what stands before it for the whole.
        guard !text.utf8.contains(0), !text.contains("\\u0000"), !text.contains("\\U00000000") else {
            throw refused("a NUL is in it")
        }
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch {
            throw refused("\(error)")
        }
        self = .installed
        for (key, value) in table {
            guard let text = value.string else { throw refused("\(key) has to be a text") }
            // An empty path would be the folder that the daemon happened to be started in.
            guard !text.isEmpty else { throw refused("\(key) may not be empty") }
            switch key {
            case "state": state = text
            case "socket": socket = text
            case "vendors": vendors = text
            case "bus": bus = text
            case "group": group = text
            default: throw refused("there is no setting \(key)")
            }
        }
    }

    private static func refused(_ path: String, _ reason: String) -> LicenceError {
        LicenceError(.usage, [.reason: "\(path): \(reason)", .command: "see the README, \"Configuration\""])
    }
}
