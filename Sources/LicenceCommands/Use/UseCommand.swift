import ArgumentParser
import Control
import Licensing

/// `almctl use PRODUCT -- COMMAND …`
struct UseCommand: ToolCommand {
    static let configuration = CommandConfiguration(
        commandName: "use", abstract: "Runs a command under a licence, which is held until the command ends.",
        discussion: """
            The licence's number is in the command's environment variable ALMD_LICENCE. The exit status is that of the \
            command; 127 where there is no such command, 126 where it can't be started.
            """)

    @Argument(help: "The product that the licence has to be for.") var product: String
    @Option(help: "The version that it has to be for.") var productVersion: String?
    @Option(
        help: ArgumentHelp(
            "The vendor's vendor.pub: the licence has to bear the signature of that vendor.", valueName: "file"))
    var vendor: String?
    @OptionGroup var common: CommonOptions
    @Argument(parsing: .postTerminator, help: "The command and its arguments, after --.") var command: [String] = []

    /// The largest `vendor.pub` that is read, in bytes.
    private static let largestVendorFile = 4096

    func validate() throws {
        guard !command.isEmpty else {
            throw ValidationError("the command to run is missing: almctl use PRODUCT -- COMMAND …")
        }
    }

    func run(in environment: CommandEnvironment) async throws -> CommandOutcome {
        let trusted = try vendor.map(Self.vendor)
        let daemon = common.daemon(in: environment)
        return try await daemon.connected { connection in
            let challenge = LicenceChallenge(randomBytes: environment.randomBytes)
            let holder = command.first.map { String($0.split(separator: "/").last ?? "") }
            let reply = try await connection.call(
                challenge.call(for: product, version: productVersion, holder: holder))
            try challenge.check(reply, product: product, version: productVersion, vendor: trusted, path: daemon.path)
            var variables = environment.variables
            variables["ALMD_LICENCE"] = reply.licence
            let child = try ChildProcess(command, variables: variables)
            // Ends with the connection, which is closed as soon as the command has ended.
            async let warning: Void = warn(environment, whenEnded: connection, before: child)
            let outcome = await child.outcome()
            await connection.close()
            await warning
            return outcome
        }
    }

    /// Says that the licence is gone where the connection ends before the command does. The command goes on: what it
    /// does without a licence is its own matter.
    private func warn(
        _ environment: CommandEnvironment, whenEnded connection: any DaemonConnection, before child: ChildProcess
    ) async {
        await connection.waitUntilClosed()
        if child.isRunning {
            environment.note(
                "warning: the daemon ended the connection, so the licence for \(product) is not held any more\n")
        }
    }

    private static func vendor(file path: String) throws -> Vendor {
        let bytes = try InputFile.read(path: path, limit: largestVendorFile)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw LicenceError(.vendorFileMalformed, [.path: path, .reason: "it is not text in UTF-8"])
        }
        return try Vendor(fileText: text, path: path)
    }
}
