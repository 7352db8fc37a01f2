import ArgumentParser
import Dongles
import LicenceCommands
import Licensing
import VaultStore
import Vaults

/// `almdongle plug FILE --bus PATH`
struct PlugCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "plug", abstract: "Plugs a file-backed dongle into a daemon's bus, until Ctrl-C pulls it out.")

    @Argument(help: "The dongle's vault.") var file: String
    @Option(help: "The daemon's bus.") var bus: String
    @Option(
        help: ArgumentHelp(
            "What goes wrong on the cable, for tests: \(CableFault.names); with :N from exchange N on."))
    var fault: String?
    @Flag(help: "Answer in JSON, for programs.") var json = false

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let fault = try CableFault.option(fault)
        let device = try DongleDevice(
            try SQLiteVault.open(dongleIn: file, machine: .ofThisMachine(), random: environment.randomBytes))
        let client = CableClient()
        let signals = StopSignals { client.stop() }
        defer { signals.cancel() }
        // The device answers on this very thread, and nothing else happens in the process.
        let ending = try client.run(device, at: bus, fault: fault) {
            environment.note("dongle \(device.serial) is plugged in; Ctrl-C pulls it out\n")
        }
        if let failure = device.failure { throw failure }
        switch ending {
        case .stopped, .pulled: return .done
        case .hostEnded:
            environment.note("the daemon ended the cable; its log says why\n")
            return .status(1)
        case .refused: throw LicenceError(.busRefused, [.path: bus, .serial: device.serial.description])
        case .garbled: throw LicenceError(.notADaemon, [.path: bus, .reason: "it sent what is no frame"])
        }
    }
}

extension CableFault {
    /// The fault that an option names; nil where it is not given.
    static func option(_ text: String?) throws(ValidationError) -> CableFault? {
        guard let text else { return nil }
        guard let fault = CableFault(text) else { throw ValidationError("\(text) is no fault of a cable") }
        return fault
    }
}
