import ArgumentParser
import DongleProtocol
import LicenceCommands
import Licensing
import VaultStore
import Vaults

/// `almdongle create FILE --serial SERIAL`
struct CreateCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Makes an empty file-backed dongle.")

    @Argument(help: "Where its vault goes.") var file: String
    @Option(help: "Its serial number: 1 to 32 letters, digits, hyphens, dots and underscores.") var serial: String
    @Option(help: "How many keys it holds.") var keys: UInt32 = VaultCapacity.dongle.keys
    @Option(help: "How many transfers it remembers.") var records: UInt32 = VaultCapacity.dongle.records
    @Flag(help: "Answer in JSON, for programs.") var json = false

    private struct Report: Encodable { let serial, file: String }

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        guard let number = SerialNumber(serial) else {
            throw ValidationError("\(serial) is no serial number of a dongle")
        }
        guard (1...DongleLimits.keys).contains(keys), (1...DongleLimits.records).contains(records) else {
            throw ValidationError(
                "a dongle holds 1 to \(DongleLimits.keys) keys and remembers 1 to \(DongleLimits.records) transfers")
        }
        _ = try SQLiteVault.make(
            dongle: number, in: file, capacity: VaultCapacity(keys: keys, records: records),
            machine: .ofThisMachine(), random: environment.randomBytes)
        if json {
            try environment.emit(Report(serial: number.description, file: file))
        } else {
            try environment.say("dongle \(number) is in \(file)\n")
        }
        return .done
    }
}
