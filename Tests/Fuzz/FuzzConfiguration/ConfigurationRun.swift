import FuzzKit
import LicenceDaemon
import Licensing
import USBDongles

/// One input: the text of a settings file, and of a vendor's key.
enum ConfigurationRun {
    static func play(_ input: [UInt8]) {
        guard let text = String(validating: input, as: UTF8.self) else { return }
        do throws(LicenceError) {
            let settings = try DaemonConfiguration(toml: text, path: "almd.toml")
            for value in [settings.state, settings.socket, settings.vendors, settings.group, settings.bus ?? "-"] {
                require(!value.isEmpty && !value.utf8.contains(0), "a setting that no file can have")
            }
            let again = try? DaemonConfiguration(toml: written(settings), path: "again.toml")
            require(again == settings, "settings that, written anew, are others")
        } catch {
            check(error, .usage)
        }
        do throws(LicenceError) {
            let vendor = try Vendor(fileText: text, path: "vendor.pub")
            let again = try? Vendor(fileText: vendor.fileText, path: "vendor.pub")
            require(again == vendor, "a vendor whose file can't be read again")
        } catch {
            check(error, .vendorFileMalformed)
        }
    }

    /// The settings as a file; where one was not in the first file, as what it is anyway.
    private static func written(_ settings: DaemonConfiguration) -> String {
        func quoted(_ text: String) -> String {
            "\"" + text.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined() + "\""
        }
        var lines = [
            "state = \(quoted(settings.state))", "socket = \(quoted(settings.socket))",
            "vendors=\(quoted(settings.vendors)) # vendors", "group\t=\t\(quoted(settings.group))",
            "usb = \(settings.usb != nil)",
        ]
        if let bus = settings.bus { lines.append("bus = \(quoted(bus))") }
        if let usb = settings.usb {
            lines.append("usb-devices = [\(usb.identities.map { "\n  \"\($0)\"," }.joined())\n]")
            let (seconds, rest) = usb.rescanInterval.components
            let isWhole = rest == 0
            lines.append(
                "usb-rescan = '\(isWhole ? seconds : seconds * 1000 + rest / 1_000_000_000_000_000) \(isWhole ? "s" : "ms")'"
            )
        }
        return lines.joined(separator: "\n")
    }

    private static func check(_ error: LicenceError, _ code: LicenceError.Code) {
        require(error.code == code, "a file refused as \(error.code)")
        require(
            error.message.utf8.count <= 4096 && error.message.unicodeScalars.allSatisfy(\.isPrintable),
            "an error that can't be printed")
    }
}
