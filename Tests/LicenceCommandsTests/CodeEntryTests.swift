import Control
import Foundation
import Glibc
import Licensing
import QRPictures
import Testing
import TransferCodes

@testable import LicenceCommands

/// Codes that are typed line by line.
@Suite struct CodeEntryTests {
    private let sample: SampleTransfer
    private let folder: TemporaryFolder
    private let daemon = FakeDaemon()

    init() throws {
        sample = try SampleTransfer()
        folder = try TemporaryFolder()
        let (sample, active) = (sample, sample.step(nil, sample.entry(role: "target", state: "ACTIVE")))
        daemon.on(Calls.Activate.self) { _ in active }
        daemon.on(Calls.Request.self) { _ in sample.step(sample.request) }
        daemon.on(Calls.Release.self) { _ in sample.step(sample.activation) }
        daemon.on(Calls.Recognise.self) { _ in
            Calls.Recognise.Reply(kind: "", transfer: sample.entry(), repairs: [])
        }
    }

    /// Runs a step and types `lines`.
    private func run(
        _ step: [String], typing lines: [String], term: String = "xterm"
    ) async -> CommandLineRun {
        await CommandLineRun(
            ["offline-transfer"] + step + ["--interactive"], daemon: daemon, console: ScriptedConsole(lines: lines),
            variables: ["XDG_STATE_HOME": folder.file("state"), "TERM": term])
    }

    private func activate(_ lines: [String], term: String = "xterm") async -> CommandLineRun {
        await run(["activate"], typing: lines, term: term)
    }

    private func request(_ lines: [String]) async -> CommandLineRun {
        await run(["request", "--to", "local"], typing: lines)
    }

    /// The printed lines with these characters, counted from 0 behind the number, replaced in line `number`.
    private func damaged(_ code: PrintedCode, line number: Int, _ places: [Int], by character: Character? = nil)
        -> String
    {
        var characters = Array(code.code.codeLines[number - 1].compactText)
        for place in places {
            characters[place] = character ?? (characters[place] == "7" ? "8" : "7")
        }
        return "\(number) \(String(characters))"
    }

    private func kept(_ name: String) throws -> String { try folder.contents(of: "state/almd/entry-\(name)") }

    // MARK: - Lines

    @Test func takesTheLinesInAnyOrder() async throws {
        let run = await request(sample.start.lines.reversed())
        #expect(run.status == 0, "\(run.errors)")
        let sent = try #require(daemon.calls(Calls.Request.self).first?.code)
        #expect(try CodeReader.read(sent) == ReadCode(code: sample.start.code, repairs: []))
        #expect(run.errors.contains("All \(sample.start.lines.count) lines are there."))
    }

    @Test func showsInItsPlaceWhatWasPutRight() async throws {
        let line = sample.activation.code.codeLines[1]
        let wrong = damaged(sample.activation, line: 2, [12])
        let typed = try #require(wrong.split(separator: " ").last.map(Array.init))[12]
        let right = Array(line.compactText)[12]
        let run = await activate([sample.activation.lines[0], wrong])
        #expect(run.status == 0)
        let sentence = "  line 2, third character of group 3: \(typed) read as \(right)\n"
        let marks = String(repeating: " ", count: 2 + 3 + 14) + "^\n"
        #expect(run.errors.contains("  \(line.text)\n\(marks)\(sentence)"))
        // Marks under characters are of no use to whom the screen is read.
        let dumb = await activate([sample.activation.lines[0], wrong], term: "dumb")
        #expect(dumb.errors.contains("  \(line.text)\n\(sentence)"))
    }

    @Test func saysWhereOnlyTheCheckGroupWasMisread() async throws {
        let run = await activate([damaged(sample.activation, line: 1, [15, 19])] + sample.activation.lines.suffix(1))
        #expect(run.status == 0)
        #expect(run.errors.contains("line 1, first character of the check group: "))
        #expect(run.errors.contains("Only the check group was misread"))
    }

    @Test func asksForABadLineAlone() async throws {
        let bad = damaged(sample.activation, line: 1, [1, 5, 7, 11, 13])
        let run = await activate([bad, sample.activation.lines[1], sample.activation.lines[0]])
        #expect(run.status == 0)
        #expect(run.errors.contains("That is not line 1: too many characters are wrong or unreadable."))
        #expect(run.errors.components(separatedBy: "Line 1: ").count == 4)
        #expect(run.console.linesLeft == 0)
    }

    @Test func namesACodeThatBelongsElsewhere() async throws {
        let run = await activate(sample.request.lines + sample.activation.lines)
        #expect(run.status == 0)
        #expect(run.errors.contains("error: this is a request code, not an activation code; it is to be loaded at"))
        #expect(run.errors.contains("Line 2 of that request code, too."))
        #expect(run.errors.contains("error: this is a request code of transfer \(sample.name), for Sample Runtime 4.2"))
        let code = try #require(daemon.calls(Calls.Recognise.self).first?.code)
        #expect(try CodeReader.read(code).code == sample.request.code)
    }

    /// A start code says itself what it is of, also to whom the daemon tells nothing.
    @Test func namesAStartCodeByItself() async throws {
        daemon.on(Calls.Recognise.self) { _ in throw LicenceError(.notPermitted, [.command: "this"]) }
        let run = await activate(sample.start.lines + sample.activation.lines)
        #expect(run.status == 0)
        #expect(run.errors.contains("error: this is a start code of transfer \(sample.name), for Sample Runtime 4.2"))
    }

    @Test func saysThatALineIsThereAlready() async throws {
        let first = sample.activation.lines[0]
        let run = await activate([first, first, sample.activation.lines[1]])
        #expect(run.status == 0)
        #expect(run.errors.contains("Line 1 is there already, and says the same."))
    }

    @Test(arguments: ["1", "2", ""])
    func asksWhichOfTwoLinesItIs(answer: String) async throws {
        let (mine, theirs) = (sample.activation.lines, try SampleTransfer.otherActivation().lines)
        let run = await activate([theirs[0], mine[0], "x", answer] + mine.reversed())
        #expect(run.errors.contains("Line 1 was typed before, and differs. Which is on the original?"))
        let sent = daemon.calls(Calls.Activate.self).first.map { $0.code.split(separator: "\n").map(String.init) }
        #expect(sent == (answer == "1" ? [theirs[0], mine[1]] : mine))
        #expect(run.status == 0, "\(run.console.transcript)")
    }

    @Test func takesALineGroupByGroup() async throws {
        let groups = sample.activation.code.codeLines[0].groups
        let run = await activate(groups.map { $0.lowercased() } + [sample.activation.lines[1]])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.contains("Line 1, the rest of it: "))
        #expect(daemon.calls(Calls.Activate.self).map(\.code) == [sample.activation.lines.joined(separator: "\n")])
    }

    @Test func takesTheScriptThatIsReadOut() async throws {
        let script = Spelling.script(for: sample.activation.code)
        let run = await activate(script.flatMap { ["line \($0.spokenNumber)"] + $0.spokenGroups })
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.console.linesLeft == 0)
    }

    @Test func takesLinesThatAreBrokenAnew() async throws {
        let text = sample.request.lines.joined(separator: " ")
        let parts = stride(from: 0, to: text.count, by: 37).map { String(text.dropFirst($0).prefix(37)) }
        daemon.on(Calls.Recognise.self) { _ in Calls.Recognise.Reply(kind: "", transfer: nil, repairs: []) }
        let run = await run(["activation", "--yes"], typing: parts)
        #expect(run.status == 0, "\(run.console.transcript)")
        let sent = try #require(daemon.calls(Calls.Release.self).first?.code)
        #expect(try CodeReader.read(sent).code == sample.request.code)
    }

    /// A fax with a line that can't be read: only that one is typed.
    @Test func completesAFileInWhichLinesAreMissing() async throws {
        let lines = sample.request.lines
        let fax = try folder.write([lines[0], lines[1], lines[3]].joined(separator: "\n").utf8, to: "fax.txt")
        let run = await run(["activation", "--yes"], typing: [fax, lines[2]])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(
            run.errors.unwrapped.contains(
                "Taken from it: 3 lines; line 3 is missing. Type it, or name the file that has it."))
    }

    /// What was put right in the lines of a file is said as it is of typed ones.
    @Test func showsWhatWasPutRightInAFileInWhichLinesAreMissing() async throws {
        let lines = sample.request.lines
        let fax = try folder.write(
            [lines[0], damaged(sample.request, line: 2, [12]), lines[3]].joined(separator: "\n").utf8, to: "fax.txt")
        let run = await run(["activation", "--yes"], typing: [fax, lines[2]])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.contains("Line 2 of it is taken as:\n  \(sample.request.code.codeLines[1].text)\n"))
        #expect(run.errors.contains("line 2, third character of group 3: "))
    }

    /// A long code has more than one picture, of which each holds its lines without a number.
    @Test func takesACodeThatIsInSeveralPictures() async throws {
        let lines = sample.start.code.codeLines.map(\.compactText)
        let parts = [0..<6, 6..<12, 12..<lines.count]
        var paths: [String] = []
        for (index, part) in parts.enumerated() {
            let picture = try #require(QRPicture(lines: Array(lines[part])))
            #expect(picture.parts.count == 1)
            paths.append(try folder.write(picture.png, to: "part-\(index).png"))
        }
        for order in [[0, 1, 2], [2, 0, 1]] {
            let run = await request(order.map { paths[$0] })
            #expect(run.status == 0, "\(run.console.transcript)")
            #expect(run.errors.contains("Taken from it: 6 lines; lines "))
            #expect(run.errors.contains("All \(lines.count) lines are there."))
            #expect(try CodeReader.read(daemon.calls(Calls.Request.self).last?.code ?? "").code == sample.start.code)
        }
    }

    /// What is wrong with a file is said with what to do about it.
    @Test func saysWhatToDoWhereAFileCanNotBeRead() async throws {
        let run = await activate([folder.path, "picture.heic"] + sample.activation.lines)
        #expect(run.status == 0)
        #expect(run.errors.unwrapped.contains("error: \(folder.path) can't be read: it is a directory"))
        #expect(run.errors.components(separatedBy: "hint: give a file that you may read").count == 3)
    }

    @Test func asksWhichLineItIsWhereAFileHasTwo() async throws {
        let (mine, theirs) = (sample.activation.lines, try SampleTransfer.otherActivation().lines)
        let file = try folder.write((mine + [theirs[0]]).joined(separator: "\n").utf8, to: "two.txt")
        let run = await activate([file, "1"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.contains("Which is on the original?"))
        #expect(daemon.calls(Calls.Activate.self).map(\.code) == [mine.joined(separator: "\n")])
    }

    @Test func takesNothingOfAFileWithACodeThatIsTooNew() async throws {
        let lines = sample.activation.lines
        let newer = try folder.write(Data("\(Self.tooNew)\n\(lines[1])\n".utf8), to: "newer.txt")
        let run = await activate([newer] + lines)
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.components(separatedBy: "error: the activation code is of version 2").count == 2)
        #expect(!run.errors.contains("Taken from it"))
    }

    /// Line 1 of an activation code of version 2, as `Fixtures/codes/header-version-2-activation.txt` has it.
    private static let tooNew = "1  A84P2WKYYK1FD83MQTF6"

    // MARK: - What was refused

    @Test func correctsALineOfACodeThatWasRefused() async throws {
        let active = sample.step(nil, sample.entry(role: "target", state: "ACTIVE"))
        let right = sample.activation.lines.joined(separator: "\n")
        daemon.on(Calls.Activate.self) { call in
            guard call.code == right else { throw LicenceError(.activationForAnotherRequest) }
            return active
        }
        let other = try SampleTransfer.otherActivation().lines
        let run = await activate([sample.activation.lines[0], other[1], sample.activation.lines[1], "2"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.contains("one of them may be of another activation code"))
        #expect(daemon.calls(Calls.Activate.self).count == 2)
        #expect(run.console.linesLeft == 0)
    }

    /// Text that is broken anew is read as a whole; what was put right in it stays a suspect.
    @Test func suspectsWhatWasPutRightInWhatWasPasted() async throws {
        daemon.on(Calls.Release.self) { _ in throw LicenceError(.requestUnknown) }
        let lines = [damaged(sample.request, line: 1, [12])] + sample.request.lines.dropFirst()
        let text = lines.joined(separator: " ")
        let parts = stride(from: 0, to: text.count, by: 37).map { String(text.dropFirst($0).prefix(37)) }
        let run = await run(["activation", "--yes"], typing: parts)
        #expect(run.status == 1)
        #expect(run.errors.contains("line 1, third character of group 3: "))
        #expect(
            run.errors.unwrapped.contains("Something was put right in line 1: compare that with the original first."))
    }

    /// A start code has a check of its own over all lines.
    @Test func saysWhereTheWholeIsNotRightThoughEachLineIs() async throws {
        let other = try SampleTransfer.another().lines
        let run = await request([other[0]] + sample.start.lines.dropFirst() + [sample.start.lines[0], "2"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.contains("error: the start code's check fails"))
        #expect(run.errors.contains("one of them may be of another start code"))
    }

    // MARK: - Keeping

    @Test func goesOnWithAnEntryThatWasInterrupted() async throws {
        let lines = sample.request.lines
        let wrong = damaged(sample.request, line: 3, [2])
        let first = await run(["activation", "--yes"], typing: [wrong, lines[0], "7K3MQ"])
        #expect(first.status == 1)
        #expect(first.errors.contains("What was typed is kept"))
        let path = folder.file("state/almd/entry-request")
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(stat(folder.file("state/almd"), &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(try kept("request").contains("begun 7K3MQ\n"))

        let second = await run(["activation", "--yes"], typing: [lines[1], lines[3]])
        #expect(second.status == 0, "\(second.console.transcript)")
        #expect(second.errors.contains("Kept from before: 2 of 4 lines."))
        #expect(second.errors.contains("Line 2, the rest of it: "))
        let sent = try #require(daemon.calls(Calls.Release.self).first?.code)
        #expect(try CodeReader.read(sent).code == sample.request.code)
        // Once it is loaded there is nothing to go on with.
        #expect(access(path, F_OK) != 0)
    }

    @Test func theWizardShowsWhatWasBegun() async throws {
        _ = await run(["activation", "--yes"], typing: [sample.request.lines[0]])
        daemon.on(Calls.Transfers.self) { _ in Calls.Transfers.Reply(transfers: []) }
        let wizard = await CommandLineRun(
            ["offline-transfer"], daemon: daemon, console: ScriptedConsole(lines: []),
            variables: ["XDG_STATE_HOME": folder.file("state")])
        #expect(wizard.errors.contains("     a request code is begun: 1 of 4 lines typed\n"))
    }

    @Test func doesWhatTheWordsSay() async throws {
        let lines = sample.activation.lines
        let run = await activate(
            [lines[0], "list", "drop 1", "drop 1", "help", lines[1], "new", "yes", lines[0], lines[1]])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.contains("  \(sample.activation.code.codeLines[0].text)\n"))
        #expect(run.errors.contains("Line 1 is out (0 of 2 lines)."))
        #expect(run.errors.contains("There is no such line."))
        #expect(run.errors.contains("  Ctrl-C  leaves; what was typed is kept\n"))
        #expect(run.errors.contains("Nothing of it is kept any more."))
    }

    /// What somebody else put in its place is not followed, not read, and not a reason to stop.
    @Test func readsNothingThatIsNotItsOwn() async throws {
        let store = folder.file("state/almd")
        try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: true)
        try folder.write("almctl entry 1\nalm typed code 1\nexpecting A\n".utf8, to: "elsewhere")
        try FileManager.default.createSymbolicLink(
            atPath: "\(store)/entry-activation", withDestinationPath: folder.file("elsewhere"))
        let run = await activate([sample.activation.lines[0]])
        #expect(!run.errors.contains("Kept from before"))
        #expect(try folder.contents(of: "elsewhere").hasSuffix("expecting A\n"))
        // The link was replaced, not followed.
        #expect(try kept("activation").contains(sample.activation.code.codeLines[0].text))
        try "nothing of ours\n".write(toFile: "\(store)/entry-activation", atomically: true, encoding: .utf8)
        #expect(await activate(sample.activation.lines).status == 0)
    }

    @Test func saysWhereNothingCanBeKept() async throws {
        try folder.write("a file".utf8, to: "file")
        for variables in [[:], ["HOME": folder.file("file")], ["XDG_STATE_HOME": "relative"]] {
            let run = await CommandLineRun(
                ["offline-transfer", "activate", "--interactive"], daemon: daemon,
                console: ScriptedConsole(lines: sample.activation.lines), variables: variables)
            #expect(run.status == 0)
            #expect(run.errors.components(separatedBy: "can't be kept").count == 2)
        }
    }

    // MARK: - Usage

    @Test(arguments: [["--interactive", "--json"], ["--interactive", "--input", "x"], []])
    func needsATerminalOrAFile(options: [String]) async throws {
        let run = await CommandLineRun(
            ["offline-transfer", "activate"] + options, daemon: daemon, console: ScriptedConsole(lines: ["x"]))
        #expect(run.status == 2)
        #expect(run.console.linesLeft == 1)
        let piped = await CommandLineRun(["offline-transfer", "activate", "--interactive"], daemon: daemon)
        #expect(piped.status == 2)
        #expect(daemon.callCount == 0)
    }

    @Test func fitsIntoEightyColumns() async throws {
        let lines = sample.activation.lines
        let run = await activate(
            ["help", "list", damaged(sample.activation, line: 1, [1, 5, 7, 11, 13]), sample.request.lines[0], "what?"]
                + [damaged(sample.activation, line: 1, [1, 2]), "drop 9", lines[1]])
        #expect(run.status == 0)
        for line in run.console.transcript.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }
}
