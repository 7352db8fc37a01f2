import Foundation
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

    /// The settings of a file, or ``installed`` where there is none.
    ///
    /// - Throws: `usage` with line and reason.
    package init(file path: String?) throws(LicenceError) {
        self = .installed
        guard let path else { return }
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else {
            throw LicenceError(
                .usage, [.reason: "\(path) can't be read as text", .command: "see the README, \"Configuration\""])
        }
        try self.init(toml: text, path: path)
    }

    /// The settings of a file over those of ``installed``. Its keys are `state`, `socket`, `vendors`, `bus` and `group`,
    /// all of them texts; any other key is refused by name, since a setting that does nothing is worse than none.
    ///
    /// - Throws: `usage` with line and reason.
    package init(toml text: String, path: String) throws(LicenceError) {
        func refused(_ reason: String) -> LicenceError {
            LicenceError(.usage, [.reason: "\(path): \(reason)", .command: "see the README, \"Configuration\""])
        }
        guard text.utf8.count <= 65_536 else { throw refused("it is larger than 64 KiB") }
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch {
            throw refused("\(error)")
        }
        self = .installed
        for (key, value) in table {
            guard let text = value.string else { throw refused("\(key) has to be a text") }
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
}
