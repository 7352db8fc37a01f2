import Control
import Foundation
import Glibc
import Licensing
import Testing
import TransferCodes

@testable import LicenceCommands

/// Codes as they come in: files, pipes and standard input in any encoding.
@Suite struct InputTests {
    private let sample: SampleTransfer
    private let folder: TemporaryFolder
    private let daemon = FakeDaemon()

    init() throws {
        sample = try SampleTransfer()
        folder = try TemporaryFolder()
        let reply = sample.step(nil)
        daemon.on(Calls.Activate.self) { _ in reply }
    }

    private func activate(_ path: String, input: [UInt8] = []) async throws -> (sent: String?, error: String?) {
        let run = await CommandLineRun(
            ["offline-transfer", "activate", "--json", "--input", path], daemon: daemon,
            console: ScriptedConsole(input: input))
        return (daemon.calls(Calls.Activate.self).last?.code, run.status == 0 ? nil : try run.error()["name"])
    }

    private static func utf16(_ text: String, bigEndian: Bool, mark: Bool) -> [UInt8] {
        ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap {
            bigEndian ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)]
        }
    }

    @Test func sendsPlainTextAsItIs() async throws {
        let text = "> \(sample.activation.text.replacing("\n", with: "\r\n> "))\tgrüße"
        #expect(try await activate(folder.write(text.utf8, to: "mail")).sent == text)
    }

    @Test func sendsTextWithAMarkAsItIs() async throws {
        let text = "\u{FEFF}" + sample.activation.text
        let sent = try await activate(folder.write(text.utf8, to: "mark")).sent
        #expect(sent == text)
        #expect(try CodeReader.read(sent ?? "", expecting: .activation).repairs.isEmpty)
    }

    @Test(arguments: [false, true], [false, true])
    func readsUTF16(bigEndian: Bool, mark: Bool) async throws {
        let bytes = Self.utf16(sample.activation.text, bigEndian: bigEndian, mark: mark)
        let result = try await activate(folder.write(bytes, to: "wide"))
        #expect(result.error == nil)
        #expect(result.sent == sample.activation.lines.joined(separator: "\n"))
    }

    @Test func readsWhatIsTooLongForACall() async throws {
        let text = String(repeating: "a long mail with pictures\n", count: 4500) + sample.activation.text
        #expect(text.utf8.count > CodeInput.longestCall)
        #expect(
            try await activate(folder.write(text.utf8, to: "mail")).sent
                == sample.activation.lines.joined(separator: "\n"))
    }

    @Test func reportsWhatItPutRightItself() async throws {
        let line = try #require(sample.activation.lines.last)
        let wrong = String(line.reversed().drop { $0 == " " }.reversed().dropLast()) + (line.last == "A" ? "B" : "A")
        let text = sample.activation.lines.dropLast() + [wrong]
        let bytes = Self.utf16(text.joined(separator: "\n"), bigEndian: false, mark: true)
        let run = await CommandLineRun(
            ["offline-transfer", "activate", "--input", "-"], daemon: daemon, console: ScriptedConsole(input: bytes))
        #expect(run.status == 0)
        #expect(run.errors.hasPrefix("put right: line 2, fifth character of the check group: "))
        #expect(daemon.calls(Calls.Activate.self).last?.code == sample.activation.lines.joined(separator: "\n"))
    }

    /// In UTF-16, and in a mail too long for a call, which is read here.
    @Test func namesACodeOfAnotherKind() async throws {
        let entry = sample.entry()
        daemon.on(Calls.Recognise.self) { _ in
            Calls.Recognise.Reply(kind: "request code", transfer: entry, repairs: [])
        }
        let mail = String(repeating: "a long mail with pictures\n", count: 4500) + sample.request.text
        for bytes in [Self.utf16(sample.request.text, bigEndian: false, mark: true), Array(mail.utf8)] {
            let run = await CommandLineRun(
                ["offline-transfer", "activate", "--json", "--input", "-"], daemon: daemon,
                console: ScriptedConsole(input: bytes))
            let error = try run.error()
            #expect(error["name"] == "codeWrongKind")
            #expect(error["transfer"] == sample.name)
            #expect(error["message"]?.contains("of transfer \(sample.name), for Sample Runtime 4.2, not an") == true)
        }
        let asked = daemon.calls(Calls.Recognise.self).map(\.code)
        #expect(asked == Array(repeating: sample.request.lines.joined(separator: "\n"), count: 2))
        #expect(try await activate("-", input: Array("nothing\0here".utf8)).error == "codeNotFound")
        #expect(daemon.callCount == 2)
    }

    /// The daemon gets clean lines, and can't know what was put right in them.
    @Test func namesTheLinesItPutRightWhereTheCodeIsRefused() async throws {
        daemon.on(Calls.Activate.self) { _ in throw LicenceError(.activationForAnotherRequest) }
        let line = try #require(sample.activation.lines.last)
        let wrong = String(line.dropLast()) + (line.last == "A" ? "B" : "A")
        func run(_ lines: [String], _ options: String...) async -> CommandLineRun {
            let bytes = Self.utf16(lines.joined(separator: "\n"), bigEndian: false, mark: true)
            return await CommandLineRun(
                ["offline-transfer", "activate", "--input", "-"] + options, daemon: daemon,
                console: ScriptedConsole(input: bytes))
        }
        let repaired = await run([sample.activation.lines[0], wrong])
        #expect(repaired.errors.hasPrefix("put right: line 2, fifth character of the check group: "))
        #expect(repaired.errors.contains("hint: line 2 had to be repaired: compare it with the original first; "))
        let json = await run([sample.activation.lines[0], wrong], "--json")
        #expect(try json.error()["suspects"] == "2")
        // Nothing is suspected of a code that was read as printed, nor blamed for what is not about the code.
        #expect(try await run(sample.activation.lines, "--json").error()["suspects"] == nil)
        daemon.on(Calls.Activate.self) { _ in throw LicenceError(.vaultFull, [.location: "local", .capacity: "2"]) }
        #expect(try await run([sample.activation.lines[0], wrong], "--json").error()["suspects"] == nil)
    }

    @Test func refusesMoreThan4MiB() async throws {
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 4 << 20)
        #expect(try InputFile.read(path: folder.write(bytes, to: "limit"), limit: CodeInput.longest).count == 4 << 20)
        #expect(try await activate(folder.write(bytes + [0x78], to: "more")).error == "inputTooLarge")
        #expect(try await activate("-", input: bytes + [0x78]).error == "inputTooLarge")
    }

    @Test func refusesAnEndlessFileWithoutReadingItAll() async throws {
        #expect(throws: CommandError.inputRefused("/dev/zero", "it is neither a plain file nor a pipe")) {
            try InputFile.read(path: "/dev/zero", limit: 100)
        }
        #expect(truncate(try folder.write([], to: "sparse"), 1 << 40) == 0)
        #expect(try await activate(folder.file("sparse")).error == "inputTooLarge")
    }

    @Test func refusesWhatIsNoFile() async throws {
        #expect(try await activate(folder.path).error == "inputRefused")
        #expect(try await activate(folder.file("missing")).error == "inputRefused")
        #expect(daemon.callCount == 0)
    }

    /// The reader waits for whoever writes to a pipe, however late that is and however it writes.
    @Test func readsAPipe() async throws {
        let path = folder.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let text = sample.activation.text
        Thread.detachNewThread {
            // Opening waits for the reader.
            let descriptor = open(path, O_WRONLY)
            for byte in text.utf8 { _ = FileBytes.write([byte], to: descriptor) }
            close(descriptor)
        }
        #expect(String(decoding: try InputFile.read(path: path, limit: 4096), as: UTF8.self) == text)
    }

    @Test func refusesAPipeThatNeverEnds() throws {
        let path = folder.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        Thread.detachNewThread {
            _ = signal(SIGPIPE, SIG_IGN)
            let descriptor = open(path, O_WRONLY)
            while FileBytes.write([UInt8](repeating: 0x78, count: 4096), to: descriptor) == nil {}
            close(descriptor)
        }
        #expect(throws: CommandError.inputTooLarge(path, limit: 10_000)) {
            try InputFile.read(path: path, limit: 10_000)
        }
    }
}
