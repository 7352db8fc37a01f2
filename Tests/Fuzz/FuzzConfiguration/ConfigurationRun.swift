import FuzzKit
import LicenceDaemon
import Licensing

/// One input: the text of a settings file, and of a vendor's key.
enum ConfigurationRun {
    static func play(_ input: [UInt8]) {
        guard let text = String(validating: input, as: UTF8.self) else { return }
        do throws(LicenceError) {
            let settings = try DaemonConfiguration(toml: text, path: "almd.toml")
            for value in [settings.state, settings.socket, settings.vendors, settings.group, settings.bus ?? "-"] {
                require(!value.isEmpty && !value.utf8.contains(0), "a setting that no file can have")
            }
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

    private static func check(_ error: LicenceError, _ code: LicenceError.Code) {
        require(error.code == code, "a file refused as \(error.code)")
        require(
            error.message.utf8.count <= 4096 && error.message.unicodeScalars.allSatisfy(\.isPrintable),
            "an error that can't be printed")
    }
}
