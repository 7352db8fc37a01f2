import Control
import Foundation
import Glibc
import Licensing
import TestKit
import Testing
import TransferCodes

@testable import LicenceCommands

/// Nothing that was entered is ever lost: not by an answer, not by a paste, not from another terminal.
@Suite struct CodeKeepingTests {
    private let sample: SampleTransfer
    private let folder: TemporaryFolder
    private let daemon = FakeDaemon()
    private var variables: [String: String] { ["XDG_STATE_HOME": folder.file("state"), "TERM": "xterm"] }

    init() throws {
        sample = try SampleTransfer()
        folder = try TemporaryFolder()
        takeAll()
        let sample = sample
        daemon.on(Calls.Request.self) { _ in sample.step(sample.request) }
        daemon.on(Calls.Recognise.self) { _ in
            Calls.Recognise.Reply(kind: "request code", transfer: sample.entry(), repairs: [])
        }
        daemon.on(Calls.Release.self) { _ in sample.step(sample.activation) }
    }

    private func takeAll() {
        let active = sample.step(nil, sample.entry(role: "target", state: "ACTIVE"))
        daemon.on(Calls.Activate.self) { _ in active }
    }

    private func run(_ step: [String], typing lines: [String]) async -> CommandLineRun {
        await CommandLineRun(
            ["offline-transfer"] + step + ["--interactive"], daemon: daemon, console: ScriptedConsole(lines: lines),
            variables: variables)
    }

    private func activate(_ lines: [String]) async -> CommandLineRun { await run(["activate"], typing: lines) }

    private func request(_ lines: [String]) async -> CommandLineRun {
        await run(["request", "--to", "local"], typing: lines)
    }

    private var isKept: Bool { access(folder.file("state/almd/entry-activation"), F_OK) == 0 }

    /// Line `number` of the activation codes of transfers that are not here.
    private func others(_ count: UInt8, line number: Int) throws -> [String] {
        try (1...count).map { try SampleTransfer.otherActivation($0).lines[number - 1] }
    }

    // MARK: - A code that was kept whole

    /// Types a whole code that the step does not take now.
    private func keepsAWholeCode() async {
        daemon.on(Calls.Activate.self) { _ in throw LicenceError(.vaultFull, [.location: "local", .capacity: "2"]) }
        let refused = await activate(sample.activation.lines)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("What was typed is kept"))
        takeAll()
    }

    @Test(arguments: ["", "yes", "y"])
    func goesOnWithAWholeCodeAfterEnter(answer: String) async {
        await keepsAWholeCode()
        let again = await activate([answer])
        #expect(again.status == 0, "\(again.console.transcript)")
        #expect(again.errors.contains("Kept from before: 2 of 2 lines. Enter goes on with them"))
        #expect(daemon.calls(Calls.Activate.self).count == 2)
        #expect(!isKept)
    }

    @Test(arguments: [["no"], [], ["list"], ["help"], ["new", "no"], ["new"], ["what?"], ["list", "no"]])
    func keepsAWholeCodeThatIsNotGoneOnWith(answers: [String]) async {
        await keepsAWholeCode()
        let left = await activate(answers)
        #expect(left.status == 1)
        #expect(daemon.calls(Calls.Activate.self).count == 1)
        #expect(isKept)
        #expect(left.errors.contains("What was typed is kept; the same command goes on with it."))
        #expect(await activate([""]).status == 0)
    }

    @Test func aWholeCodeThatWasKeptCanBeCorrected() async throws {
        await keepsAWholeCode()
        let other = try others(1, line: 2)[0]
        let run = await activate([other, "2"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(
            daemon.calls(Calls.Activate.self).last?.code == "\(sample.activation.lines[0])\n\(other)",
            "\(run.console.transcript)")
    }

    @Test func aWholeCodeThatWasKeptCanBeBegunAnew() async {
        await keepsAWholeCode()
        let run = await activate(["new", "yes", sample.activation.lines[0]])
        #expect(run.status == 1)
        #expect(run.errors.contains("Throw away what was typed (2 of 2 lines)? (yes or no): "))
        #expect(await activate([]).errors.contains("Kept from before: 1 of 2 lines."))
    }

    // MARK: - Two readings of a line

    /// Both are there until somebody says which it is; Enter is no such word.
    @Test func keepsBothReadingsOfALineThatNobodyDecidesOn() async throws {
        let (mine, theirs) = (sample.activation.lines, try others(1, line: 1)[0])
        let left = await activate([theirs, mine[0], ""])
        #expect(left.status == 1)
        let again = await activate([mine[1], "", "", "1"])
        #expect(again.status == 0, "\(again.console.transcript)")
        #expect(again.errors.components(separatedBy: "1  \(theirs)   (as typed)").count == 3)
        #expect(daemon.calls(Calls.Activate.self).map(\.code) == ["\(theirs)\n\(mine[1])"])
    }

    @Test func theLineItselfSaysWhichReadingIsRight() async throws {
        let (mine, theirs) = (sample.activation.lines, try others(1, line: 1)[0])
        let run = await activate([theirs, mine[0], mine[0], mine[1]])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(daemon.calls(Calls.Activate.self).map(\.code) == [mine.joined(separator: "\n")])
    }

    /// In the middle of a paste, the next line is no answer.
    @Test func asksWhichReadingIsRightAtTheEndOfAPaste() async throws {
        let lines = sample.request.lines
        let other = PrintedCode(
            .request(try RequestCode(flags: 0, point: [UInt8](repeating: 9, count: 32), mac: [1, 2, 3, 4, 0])))
        let pasted = ([lines[0], other.lines[1]] + lines[1...]).joined(separator: "\n")
        let run = await run(["activation", "--yes"], typing: [pasted, "2"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.unwrapped.contains("Line 2 is there twice, and differs. Both are kept;"))
        #expect(run.errors.components(separatedBy: "Which? (1 to 2; Enter: not known yet): ").count == 2)
        let sent = try #require(daemon.calls(Calls.Release.self).first?.code)
        #expect(try CodeReader.read(sent).code == sample.request.code)
    }

    @Test func saysWhereALineHasTooManyReadings() async throws {
        let readings = try others(9, line: 1)
        let run = await activate(["\(readings.joined(separator: "\n"))\n", "drop 1"] + sample.activation.lines)
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.unwrapped.contains("Line 1 is there in 8 readings already, and this is another one."))
    }

    // MARK: - Either form of start code

    @Test func saysWhichFormOfAStartCodeWasBegun() async throws {
        let short = try sample.shortStart()
        for (begun, other) in [(sample.start, short), (short, sample.start)] {
            let run = await request(
                [begun.lines[0], other.lines[1], "new", "yes"] + other.lines)
            #expect(run.status == 0, "\(run.console.transcript)")
            #expect(
                run.errors.unwrapped.contains(
                    "Line 2 is of a \(other.code.kind.name), and what was begun is a \(begun.code.kind.name)."))
            #expect(!run.errors.contains("error:"))
            #expect(run.console.linesLeft == 0)
        }
    }

    // MARK: - Group by group

    /// Every word that the reader knows, and never more than a line may be.
    @Test func takesALineGroupByGroupInOtherWords() async throws {
        let words: [Character: String] = [
            "0": "oh", "1": "wun", "4": "fower", "8": "ait", "W": "whisky", "X": "x-ray", "?": "question mark",
        ]
        let spoken = Spelling.script(for: sample.activation.code).enumerated().flatMap { index, line in
            let groups = sample.activation.code.codeLines[index].groups
            return groups.enumerated().map { place, group in
                group.enumerated().map { words[$1] ?? line.groups[place][$0] }.joined(separator: " ")
            }
        }
        let run = await activate(spoken)
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(!run.errors.contains("That is not line"))
        #expect(run.console.linesLeft == 0)
    }

    @Test func whatWasBegunHasAnEnd() async throws {
        let run = await activate([String](repeating: "check", count: 2000) + sample.activation.lines)
        #expect(run.status == 0, "\(run.console.transcript.suffix(2000))")
        let lines = run.errors.split(separator: "\n")
        #expect(lines.allSatisfy { $0.utf8.count <= LineReader.maximumLength + 20 })
    }

    // MARK: - Two terminals

    @Test func nothingIsReplacedFromAnotherTerminal() async throws {
        let lines = sample.activation.lines
        _ = await activate([lines[0]])
        let store = try #require(EntryStore(kind: .activation, variables: variables))
        let kept = try #require(try store.load())
        let second = await activate([lines[1]])
        #expect(second.status == 1)
        #expect(second.errors.unwrapped.contains("An activation code is being typed in another terminal, too"))
        #expect(!second.errors.contains("What was typed is kept"))
        #expect(store.glance() == kept)
        // Once that one is done, what is typed here is kept as ever.
        store.remove()
        #expect(!isKept)
        #expect(await activate([lines[1]]).errors.contains("What was typed is kept"))
        #expect(isKept)
    }

    @Test func theFirstToWriteHasTheFile() throws {
        let stores = (
            try #require(EntryStore(kind: .request, variables: variables)),
            try #require(EntryStore(kind: .request, variables: variables))
        )
        #expect(try stores.0.load() == nil)
        #expect(try stores.1.load() == nil)
        try stores.0.save("first")
        #expect(throws: EntryStore.Failure.inUse) { try stores.1.save("second") }
        try stores.0.save("third")
        #expect(throws: EntryStore.Failure.inUse) { try stores.1.load() }
        stores.1.remove()
        #expect(stores.1.glance() == "third")
        stores.0.remove()
        try stores.1.save("fourth")
        #expect(throws: EntryStore.Failure.inUse) { try stores.0.save("fifth") }
        #expect(try folder.names(of: "state/almd") == ["entry-request"])
    }

    // MARK: - Marks

    /// A mark under a character is no colour.
    @Test func marksWhatWasPutRightWithoutColourToo() async throws {
        var characters = Array(sample.activation.code.codeLines[0].compactText)
        characters[3] = characters[3] == "7" ? "8" : "7"
        let run = await CommandLineRun(
            ["offline-transfer", "activate", "--interactive"], daemon: daemon,
            console: ScriptedConsole(lines: ["1 \(String(characters))"]),
            variables: variables.merging(["NO_COLOR": "1"]) { $1 })
        #expect(run.errors.contains("\n        ^\n"), "\(run.errors)")
    }
}
