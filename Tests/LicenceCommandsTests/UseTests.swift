import Control
import Foundation
import Glibc
import Licensing
import TestKit
import Testing
import Vaults

@testable import LicenceCommands

/// `almctl use`: real commands under a licence. One after the other, since signals are the whole process's.
@Suite(.serialized) struct UseTests {
    private let sample: SampleTransfer
    private let folder: TemporaryFolder

    init() throws {
        sample = try SampleTransfer()
        folder = try TemporaryFolder()
    }

    /// A daemon that holds the key, and may lie.
    private func daemon(
        proof change: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }, licence: String? = nil,
        holding key: TestKey? = nil
    ) -> FakeDaemon {
        let daemon = FakeDaemon()
        let held = key ?? sample.key
        let certified = sample.key
        daemon.on(Calls.Acquire.self) { call in
            let lease = [UInt8](repeating: 7, count: ProofChallenge.leaseSize)
            let challenge = try ProofChallenge(
                nonce: [UInt8](hexadecimal: call.nonce) ?? [], point: [UInt8](hexadecimal: call.point) ?? [],
                lease: lease)
            let proof = try ProofAnswer(
                held.seed.agreementKey, with: challenge.point, certificate: certified.certificate,
                nonce: challenge.nonce, lease: lease)
            return Calls.Acquire.Reply(
                lease: lease.hexadecimal, licence: licence ?? certified.number.description, location: "local",
                quantity: 1, certificate: certified.certificate.bytes.hexadecimal,
                proof: change(proof.bytes).hexadecimal)
        }
        return daemon
    }

    private func use(
        _ command: String..., options: [String] = [], product: String = "Sample Runtime", daemon: FakeDaemon? = nil
    ) async -> CommandLineRun {
        await CommandLineRun(
            ["use", product] + options + ["--"] + command, daemon: daemon ?? self.daemon(),
            variables: ["PATH": "/usr/bin:/bin", "KEPT": "kept"])
    }

    private func shell(_ script: String) async -> CommandLineRun {
        await use("sh", "-c", script)
    }

    @Test func runsTheCommandWithTheLicenceInItsEnvironment() async throws {
        let daemon = daemon()
        let file = folder.file("environment")
        let run = await use("sh", "-c", "echo \"$ALMD_LICENCE $KEPT $1\" > \(file)", "-", "a b", daemon: daemon)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try folder.contents(of: "environment") == "\(sample.key.number) kept a b\n")
        #expect(run.output.isEmpty)
        #expect(daemon.calls(Calls.Acquire.self).map(\.product) == ["Sample Runtime"])
        #expect(daemon.calls(Calls.Acquire.self).map(\.holder) == ["sh"])
        #expect(daemon.openConnections == 0)
    }

    @Test func asksWithAnotherNonceAndPointEachTime() async throws {
        let daemon = daemon()
        _ = await use("true", daemon: daemon)
        let first = try #require(daemon.calls(Calls.Acquire.self).first)
        #expect(first.nonce.count == 64)
        #expect(first.point.count == 64)
        var challenge = LicenceChallenge(randomBytes: CommandEnvironment.systemRandom)
        let one = challenge.call(for: "p", version: nil, holder: nil)
        challenge = LicenceChallenge(randomBytes: CommandEnvironment.systemRandom)
        let two = challenge.call(for: "p", version: nil, holder: nil)
        #expect(one.nonce != two.nonce)
        #expect(one.point != two.point)
    }

    @Test(arguments: [Int32(0), 1, 2, 7, 126, 255])
    func endsAsTheCommandEnds(status: Int32) async {
        #expect(await shell("exit \(status)").outcome == .status(status))
    }

    @Test(arguments: [SIGTERM, SIGKILL, SIGHUP, SIGPIPE])
    func endsByTheSignalThatEndedTheCommand(signal: Int32) async {
        let run = await shell("kill -\(signal) $$")
        #expect(run.outcome == .signal(signal))
        #expect(run.status == 128 + signal)
    }

    @Test func keepsTheLicenceUntilTheCommandEnds() async throws {
        let daemon = daemon()
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        async let run = use("sh", "-c", "read line < \(pipe); exit 3", daemon: daemon)
        // Opening waits for the command, which then waits for the line.
        let open = try #require(FileHandle(forWritingAtPath: pipe))
        #expect(daemon.openConnections == 1)
        try open.write(contentsOf: Data("\n".utf8))
        try open.close()
        #expect(await run.outcome == .status(3))
        #expect(daemon.openConnections == 0)
    }

    @Test func warnsWhereTheDaemonEndsBeforeTheCommand() async throws {
        let daemon = daemon()
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let console = ScriptedConsole()
        async let run = CommandLineRun(
            ["use", "Sample Runtime", "--", "sh", "-c", "read line < \(pipe); exit 3"], daemon: daemon, console: console
        )
        let open = try #require(FileHandle(forWritingAtPath: pipe))
        daemon.end()
        await console.waitForError("warning: the daemon ended the connection")
        try open.write(contentsOf: Data("\n".utf8))
        try open.close()
        #expect(await run.outcome == .status(3))
    }

    @Test func saysNothingOfTheConnectionWhereTheCommandEndsFirst() async {
        #expect(await shell("true").errors.isEmpty)
    }

    @Test(arguments: [SIGUSR1, SIGTERM, SIGINT, SIGHUP])
    func handsSignalsOn(signal: Int32) async throws {
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        // The trap is set before the pipe is opened; `wait` ends at once when a trapped signal comes.
        let script = """
            trap 'kill $!; exit 42' \(signal)
            sleep 1000 &
            echo ready > \(pipe)
            wait
            """
        async let run = shell(script)
        let ready = try #require(FileHandle(forReadingAtPath: pipe))
        #expect(try ready.readToEnd() == Data("ready\n".utf8))
        #expect(kill(getpid(), signal) == 0)
        #expect(await run.outcome == .status(42))
    }

    @Test func keepsItsOwnFilesFromTheCommand() async throws {
        _ = OpenDescriptors.inherited
        let null = open("/dev/null", O_RDONLY)
        // Far above what a shell opens for itself.
        let own = fcntl(null, F_DUPFD, 700)
        close(null)
        defer { close(own) }
        #expect(fcntl(own, F_GETFD) == 0)
        #expect(await shell("[ ! -e /proc/self/fd/\(own) ]").outcome == .done)
    }

    @Test func handsOnTheFilesThatItWasGiven() async throws {
        let null = open("/dev/null", O_RDONLY)
        let (given, own) = (fcntl(null, F_DUPFD, 700), fcntl(null, F_DUPFD, 700))
        defer { for number in [null, given, own] { close(number) } }
        OpenDescriptors.keepToThisProcess(except: [given])
        #expect(fcntl(given, F_GETFD) == 0)
        #expect(fcntl(own, F_GETFD) == FD_CLOEXEC)
    }

    @Test func putsSignalsBackAfterwards() async {
        let before = Self.handlers()
        #expect(await shell("true").status == 0)
        #expect(Self.handlers() == before)
        // A start that fails has put them aside too.
        #expect(await use("no-such-command").status == 127)
        #expect(Self.handlers() == before)
    }

    /// The address of each signal's handler, 0 for the standard one.
    private static func handlers() -> [Int] {
        SignalRelay.signals.map { signal in
            var action = sigaction()
            #expect(sigaction(signal, nil, &action) == 0)
            // Safe because a C function's address is as large as an Int, and only compared.
            return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        }
    }

    @Test func saysThatThereIsNoSuchCommand() async throws {
        let missing = await use("no-such-command")
        #expect(missing.status == 127)
        #expect(missing.errors.hasPrefix("error: no-such-command can't be started: No such file or directory\nhint: "))
        #expect(await use(folder.path).status == 126)
        let plain = try folder.write("text".utf8, to: "plain")
        let json = await use(plain, options: ["--json"])
        #expect(json.status == 126)
        #expect(try json.error()["name"] == "commandNotStarted")
    }

    @Test func runsNothingWithoutALicence() async throws {
        let daemon = FakeDaemon()
        daemon.on(Calls.Acquire.self) { _ in throw LicenceError(.productNotLicensed, [.product: "Sample Runtime"]) }
        let run = await use("touch", folder.file("ran"), daemon: daemon)
        #expect(run.status == 1)
        #expect(try folder.names().isEmpty)
    }

    @Test func runsNothingOnAFalseProof() async throws {
        let stranger = try sample.vendor.key("stranger")
        let liars = [
            daemon(proof: { [$0[0] ^ 1] + $0.dropFirst() }), daemon(proof: { _ in [] }),
            daemon(proof: { $0 + [0] }), daemon(licence: "7K3MQ-2V9DX-0HJ"), daemon(holding: stranger),
        ]
        for liar in liars {
            let run = await use("touch", folder.file("ran"), daemon: liar)
            #expect(run.status == 1)
            #expect(run.errors.hasPrefix("error: what listens on /run/almd/almd.sock is not almd: "))
            #expect(liar.openConnections == 0)
        }
        #expect(try folder.names().isEmpty)
    }

    @Test func runsNothingUnderAnotherLicenceThanWasAskedFor() async throws {
        #expect(await use("touch", folder.file("ran"), product: "Other").status == 1)
        #expect(await use("touch", folder.file("ran"), options: ["--product-version", "9"]).status == 1)
        #expect(try folder.names().isEmpty)
        #expect(await use("true", options: ["--product-version", "4.2"]).status == 0)
    }

    @Test func wantsTheSignatureOfTheVendorThatIsGiven() async throws {
        let own = try folder.write(sample.vendor.vendor.fileText.utf8, to: "own.pub")
        let foreign = try folder.write(TestVendor("Another").vendor.fileText.utf8, to: "foreign.pub")
        let broken = try folder.write("broken".utf8, to: "broken.pub")
        func status(_ path: String) async throws -> String? {
            let run = await use("true", options: ["--vendor", path, "--json"])
            return run.status == 0 ? nil : try run.error()["name"]
        }
        #expect(try await status(own) == nil)
        #expect(try await status(foreign) == "vendorUnknown")
        #expect(try await status(broken) == "vendorFileMalformed")
        #expect(try await status(folder.file("missing.pub")) == "inputRefused")
    }
}
