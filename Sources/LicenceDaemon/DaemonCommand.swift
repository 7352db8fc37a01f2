package import ArgumentParser
import Control
import Foundation
import Licensing
import Logging
import USBDongles
import Varlink

/// `almd`: the command line of the licence manager's daemon.
package struct DaemonCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "almd",
        abstract: "Keeps licence keys, finds licence dongles, and serves almctl and applications over a socket.",
        version: "almd \(Release.version)")

    @Option(help: "The folder of the local store.")
    var state: String?

    @Option(help: "The control socket.")
    var socket: String?

    @Option(help: "The folder with the vendors' public keys.")
    var vendors: String?

    @Option(help: "The socket by which file-backed dongles are plugged in; without it there is none.")
    var bus: String?

    @Option(
        name: .customLong("usb-device"),
        help: ArgumentHelp(
            "A device on USB that is a dongle, as lsusb prints it; may be given several times.", valueName: "vvvv:pppp")
    )
    var usbDevices: [String] = []

    @Flag(name: .customLong("no-usb"), help: "Leave USB alone.")
    var isWithoutUSB = false

    @Option(help: "A file in TOML with these settings; the command line wins.")
    var config: String?

    @Option(help: "Move every key of the store to a new store in this folder, and end. No daemon may run on either.")
    var relocateTo: String?

    @Option(help: "With --relocate-to: the machine id that the new store is for, if it will not be this one.")
    var newMachineId: String?

    @Flag(help: "Vouch that the store's old anchor, which somebody kept, is gone for good, and end.")
    var forgetKeptAnchor = false

    @Flag(help: "Print the udev rule for the dongles that the configuration names, and end.")
    var printUdevRule = false

    @Flag(help: "Log more.")
    var verbose = false

    package init() {}

    package func validate() throws {
        guard newMachineId == nil || relocateTo != nil else {
            throw ValidationError("--new-machine-id is for a store that is made by --relocate-to")
        }
    }

    /// Ends wrong usage with 2, like every program of the product.
    package static func main() async {
        do {
            guard let command = try parseAsRoot() as? DaemonCommand else { throw CleanExit.helpRequest() }
            try await command.run()
        } catch  where exitCode(for: error) == .validationFailure {
            FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
            Foundation.exit(2)
        } catch {
            exit(withError: error)
        }
    }

    package func run() async throws {
        var logger = Logger(label: "almd") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .debug : .info
        do {
            // Before anything starts a thread that looks at the variables.
            let manager = try ServiceEnvironment.taken()
            let settings = try settings()
            if printUdevRule {
                print(UdevRule.text(for: (settings.usb ?? .standard).identities.sorted()), terminator: "")
                return
            }
            let daemon = try Daemon(settings, manager: manager, logger: logger)
            if forgetKeptAnchor {
                try daemon.forgetKeptAnchor()
            } else if let relocateTo {
                try await daemon.relocate(to: relocateTo, machineIdentifier: newMachineId)
            } else {
                // So that a daemon with nothing to do sleeps.
                try await withTaskExecutorPreference(TaskPool.shared) { try await daemon.run() }
            }
        } catch let error as LicenceError {
            logger.critical("\(error.message)", metadata: ["hint": "\(error.hint)"])
            throw ExitCode(error.code == .usage ? 2 : 1)
        }
    }

    /// The file's settings under those of the command line.
    private func settings() throws -> DaemonConfiguration {
        var settings = try DaemonConfiguration(file: config)
        try settings.setPaths(state: state, socket: socket, vendors: vendors, bus: bus)
        try settings.setUSB(devices: usbDevices, isOff: isWithoutUSB)
        return settings
    }
}
