import ArgumentParser
import Dispatch
import Dongles
import Glibc
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
        let fault = try fault.map { text in
            guard let fault = CableFault(text) else { throw ValidationError("\(text) is no fault of a cable") }
            return fault
        }
        let device = try DongleDevice(try SQLiteVault.open(dongleIn: file, random: environment.randomBytes))
        let client = CableClient()
        let signals = Self.stopping(client)
        defer { for signal in signals { signal.cancel() } }
        // The device answers on this very thread, and nothing else happens in the process.
        let ending = try client.run(device, at: bus, fault: fault) {
            environment.note("dongle \(device.serial) is plugged in; Ctrl-C pulls it out\n")
        }
        switch ending {
        case .stopped, .pulled: return .done
        case .hostEnded:
            environment.note("the daemon ended the cable; its log says why\n")
            return .status(1)
        case .refused: throw LicenceError(.busRefused, [.path: bus, .serial: device.serial.description])
        case .garbled: throw LicenceError(.notADaemon, [.path: bus, .reason: "it sent what is no frame"])
        }
    }

    /// Has Ctrl-C and the like pull the dongle out.
    private static func stopping(_ client: CableClient) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM, SIGHUP].map { number in
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { client.stop() }
            source.resume()
            return source
        }
    }
}
