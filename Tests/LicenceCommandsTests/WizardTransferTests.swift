import Control
import Foundation
import Glibc
import Licensing
import TestKit
import Testing
import TransferCodes

@testable import LicenceCommands

/// Going on with a transfer that is under way, and the ways in which the wizard gives codes.
@Suite struct WizardTransferTests {
    private let sample: SampleTransfer
    private let folder: TemporaryFolder
    private let daemon = FakeDaemon()

    init() throws {
        sample = try SampleTransfer()
        folder = try TemporaryFolder()
        let (sample, done) = (sample, sample.step(nil))
        daemon.on(Calls.Recognise.self) { _ in
            Calls.Recognise.Reply(
                kind: "request code", transfer: sample.entry(fingerprint: "7K3M-Q2V9-DX0H"), repairs: [])
        }
        daemon.on(Calls.Release.self) { _ in sample.step(sample.activation, sample.entry(state: "RELEASED")) }
        daemon.on(Calls.Activate.self) { _ in sample.step(nil, sample.entry(role: "target", state: "ACTIVE")) }
        daemon.on(Calls.Receipt.self) { _ in sample.step(sample.receipt, sample.entry(role: "target")) }
        daemon.on(Calls.ShowCode.self) { _ in sample.step(sample.start) }
        daemon.on(Calls.Cancel.self) { _ in done }
        daemon.on(Calls.Decline.self) { _ in sample.step(sample.returning) }
        daemon.on(Calls.Settle.self) { _ in done }
        daemon.on(Calls.Reclaim.self) { _ in done }
    }

    private func underWay(_ entries: TransferEntry...) {
        daemon.on(Calls.Transfers.self) { _ in Calls.Transfers.Reply(transfers: entries) }
    }

    private func type(_ lines: [String], terminal: TerminalSize? = nil, term: String = "xterm") async -> CommandLineRun
    {
        await CommandLineRun(
            ["offline-transfer"], daemon: daemon, console: ScriptedConsole(lines: lines, outputSize: terminal),
            variables: ["TERM": term])
    }

    @Test(arguments: ["a", "A", "name"])
    func goesOnWithTheTransferOfALetterOrAName(answer: String) async throws {
        underWay(sample.entry(state: "OFFERED"))
        let run = await type([answer == "name" ? sample.name.lowercased() : answer, "2", "-"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(daemon.calls(Calls.ShowCode.self).map(\.transfer) == [sample.name])
        #expect(daemon.calls(Calls.ShowCode.self).map(\.at) == ["usb:4711"])
        #expect(run.output.contains(sample.start.text))
    }

    @Test func asksAgainForAnythingElse() async throws {
        underWay(sample.entry(state: "OFFERED"))
        let run = await type(["b", "nothing", "a", "4", "0", "x", "2", "-"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.components(separatedBy: "or the letter or name of a transfer.").count == 3)
        #expect(run.errors.components(separatedBy: "Type a number from this list").count == 4)
        #expect(run.console.linesLeft == 0)
    }

    @Test func goesOnAtTheSource() async throws {
        underWay(sample.entry(state: "OFFERED"))
        let released = await type(["a", "1"] + sample.request.lines + ["yes", "-"])
        #expect(released.status == 0, "\(released.console.transcript)")
        #expect(daemon.calls(Calls.Release.self).count == 1)
        let kept = await type(["a", "3", "no"])
        #expect(kept.status == 1)
        #expect(daemon.calls(Calls.Cancel.self).isEmpty)
        let withdrawn = await type(["a", "3", "yes"])
        #expect(withdrawn.status == 0)
        #expect(daemon.calls(Calls.Cancel.self).map(\.transfer) == [sample.name])

        underWay(sample.entry(state: "RELEASED"))
        #expect(await type(["a", "1", "-"]).errors.contains("Send this activation code to the target."))
        #expect(await type(["a", "2"] + sample.receipt.lines).status == 0)
        #expect(daemon.calls(Calls.Settle.self).count == 1)
        #expect(await type(["a", "3"] + sample.returning.lines).status == 0)
        #expect(daemon.calls(Calls.Reclaim.self).count == 1)
    }

    @Test func goesOnAtTheTarget() async throws {
        underWay(sample.entry(role: "target", state: "OPEN"))
        let run = await type(["a", "1"] + sample.activation.lines + ["yes", "-"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(daemon.calls(Calls.Activate.self).count == 1)
        #expect(daemon.calls(Calls.Receipt.self).map(\.transfer) == [sample.name])
        #expect(run.output.contains(sample.receipt.text))
        let declined = await type(["a", "3", "yes", "-"])
        #expect(declined.status == 0)
        #expect(declined.output.contains(sample.returning.text))
        underWay(sample.entry(role: "target", state: "DECLINED"))
        #expect(await type(["a", "1", "-"]).status == 0)
    }

    /// The key is active: whatever is answered about the receipt, or nothing, the step is done.
    @Test(arguments: [[], ["no"]])
    func theReceiptCanBeMadeLater(answers: [String]) async throws {
        underWay()
        let run = await type(["4"] + sample.activation.lines + answers)
        #expect(run.status == 0)
        #expect(daemon.calls(Calls.Receipt.self).isEmpty)
        // Said before it is asked: whoever leaves with Ctrl-C reads nothing that comes after.
        let (said, asked) = (
            try #require(run.errors.range(of: "almctl offline-transfer receipt \(sample.name)\n")),
            try #require(run.errors.range(of: "Make the receipt code?"))
        )
        #expect(said.lowerBound < asked.lowerBound)
    }

    /// Where the place is away, or the other side is on this machine, too, the daemon's own next step is all there is.
    @Test(arguments: [
        ("plug in dongle 4711; then load it", nil, false), ("whatever the daemon says", "usb:4711", true),
    ])
    func saysTheNextStepWhereThisIsNotThePlaceForIt(next: String, moveTo: String?, present: Bool) async throws {
        underWay(sample.entry(state: "OFFERED", next: next, moveTo: moveTo, present: present))
        let run = await type(["a"])
        #expect(run.status == 0)
        #expect(!run.errors.contains("What is to be done?"))
        #expect(run.errors.unwrapped.contains(next.prefix(20)))
        // What the daemon says is for people; what is done depends on none of its words.
        underWay(sample.entry(state: "OFFERED", next: "go on: almctl move"))
        #expect(await type(["a"]).errors.contains("What is to be done?"))
    }

    /// A code that is withheld can't be shown; only the target's return code leads on.
    @Test func offersOnlyTheWayBackWhereTheCodeIsWithheld() async throws {
        underWay(sample.entry(state: "RELEASED", next: "whatever the daemon says", withheld: true))
        let run = await type(["a", "1"] + sample.returning.lines)
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.contains("  1  Load the return code "))
        #expect(!run.errors.contains("Give the activation code again"))
        #expect(run.errors.unwrapped.contains("whatever the daemon says"))
        #expect(daemon.calls(Calls.Reclaim.self).count == 1)
    }

    // MARK: - Keys that are active already

    /// Whoever left at the question goes on here.
    @Test func offersTheReceiptOfAKeyThatBecameActiveLately() async throws {
        let (now, week) = (1_772_352_000, 7 * 24 * 60 * 60)
        func active(_ name: String, changed: Int, present: Bool = true) -> TransferEntry {
            sample.entry(
                role: "target", state: "ACTIVE", location: "local", open: false, present: present, changed: changed,
                transfer: name)
        }
        underWay(
            active("AAAAAA", changed: now - week - 1), active("BBBBBB", changed: now - week),
            active("CCCCCC", changed: now), active("DDDDDD", changed: now, present: false),
            // A move within this machine has told its source by itself.
            active("EEEEEE", changed: now - 3600),
            sample.entry(state: "SETTLED", open: false, transfer: "EEEEEE", begun: now - week - 7200),
            sample.entry(state: "OFFERED", transfer: "FFFFFF", begun: now - week - 7200),
            sample.entry(state: "RETURNED", open: false, begun: now - week - 7200))
        let run = await type(["b", "1", "2", ""])
        #expect(run.status == 0, "\(run.console.transcript)")
        let shown = run.errors.matches(of: #/\n  ([a-z])  ([A-Z]{6}), /#).map { "\($0.1) \($0.2)" }
        #expect(shown == ["a FFFFFF", "b CCCCCC", "c BBBBBB"])
        #expect(daemon.calls(Calls.Receipt.self).map(\.transfer) == ["CCCCCC"])
        #expect(daemon.calls(Calls.Receipt.self).map(\.at) == ["local"])
        #expect(run.output.contains(sample.receipt.text))
        #expect(run.errors.contains("Send this receipt code to the source."))
        // A key that has left again tells its earlier source nothing new.
        underWay(
            active("BBBBBB", changed: now - 100), sample.entry(state: "RELEASED", transfer: "FFFFFF", begun: now - 50))
        #expect(!(await type([]).errors.contains("BBBBBB")))
    }

    /// Whoever gave up a few requests still sees the transfer that waits.
    @Test func whatWaitsForSomethingComesBeforeWhatWasGivenUp() {
        let declined = (1...5).map {
            sample.entry(role: "target", state: "DECLINED", changed: 1_772_352_100 + $0, transfer: "DEC00\($0)")
        }
        let waiting = [
            sample.entry(role: "target", state: "OPEN", changed: 10, transfer: "FIRST1"),
            sample.entry(state: "OFFERED", changed: 20, transfer: "SECND2"),
        ]
        let shown = WizardTransfer.worthShowing(declined + waiting, now: Timestamp(seconds: 1_772_352_200))
        #expect(shown.map(\.transfer).prefix(3) == ["SECND2", "FIRST1", "DEC005"])
        #expect(shown.count == 7)
    }

    @Test(arguments: ["exit", "Quit"]) func aWordThatLeavesIsNoAnswer(word: String) async throws {
        underWay(sample.entry(state: "OFFERED"))
        for lines in [[word], ["a", word], ["2", word]] {
            let run = await type(lines)
            #expect(run.status == 1 && run.console.linesLeft == 0)
            #expect(run.errors.contains("stopped before anything was changed"))
        }
        #expect(daemon.calls(Calls.Request.self).isEmpty)
    }

    @Test func aWithheldReturnCodeIsNotOfferedToBeShown() {
        func choices(withheld: Bool) -> (code: CodeKind?, actions: [WizardTransfer.Action]) {
            WizardTransfer.choices(sample.entry(role: "target", state: "DECLINED", withheld: withheld))
        }
        #expect(choices(withheld: false).actions == [.showCode])
        let withheld = choices(withheld: true)
        #expect(withheld.code == nil && withheld.actions.isEmpty)
    }

    // MARK: - The fingerprint

    @Test func takesTheFingerprintForAYes() async throws {
        underWay()
        let run = await type(["3"] + sample.request.lines + ["7k3mq2v9 dxoh", "-"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(daemon.calls(Calls.Release.self).map(\.fingerprint) == ["7K3M-Q2V9-DX0H"])
    }

    @Test(arguments: ["no", "", "7K3M-Q2V9-DX0G", "7K3M", "maybe"])
    func givesNothingUpForAnythingElse(answer: String) async throws {
        underWay()
        let run = await type(["3"] + sample.request.lines + [answer])
        #expect(run.status == 1)
        #expect(daemon.calls(Calls.Release.self).isEmpty)
        #expect(run.errors.contains("is not the fingerprint of this request") == answer.hasSuffix("G"))
    }

    // MARK: - Giving codes

    @Test func givesTheCodeInEveryWayThatIsAskedFor() async throws {
        underWay(sample.entry(state: "OFFERED"))
        let (aut, page) = (folder.file("a.aut"), folder.file("a.html"))
        let run = await type(["a", "2", "2", "3", "4", "", "", "", aut, page, "8", "no"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.output.contains(sample.start.text))
        #expect(run.output.contains("line one\n"))
        #expect(run.output.contains("█"))
        #expect(try folder.contents(of: "a.aut") == sample.start.text)
        #expect(try folder.contents(of: "a.html").hasPrefix("<!DOCTYPE html>"))
        #expect(run.errors.contains("Type a number from this list"))
        #expect(run.console.linesLeft == 0)
    }

    /// Yes and no answer another question; no file is called so.
    @Test(arguments: ["no", "N", "yes", "y"])
    func writesNoFileOfTheNameOfAnAnswer(answer: String) async throws {
        underWay(sample.entry(state: "OFFERED"))
        let run = await type(["a", "2", answer, "2", "no"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.contains("Type a number from this list, or a name for the file."))
        #expect(access(answer, F_OK) != 0)
    }

    @Test func saysHowACodeIsHadAgainByWhoeverLeaves() async throws {
        underWay(sample.entry(state: "OFFERED"))
        let run = await type(["a", "2"])
        #expect(run.status == 0)
        let (said, asked) = (
            try #require(run.errors.range(of: "almctl offline-transfer show \(sample.name) gives it again")),
            try #require(run.errors.range(of: "How does the start code travel?"))
        )
        #expect(said.lowerBound < asked.lowerBound)
    }

    /// Whoever gives a code again is told the same as when it was made.
    @Test func saysOfEveryCodeThatIsGivenAgainWhereItGoes() async throws {
        let again: [(TransferEntry, String, PrintedCode, String)] = [
            (sample.entry(state: "OFFERED"), "2", sample.start, "Send this start code to whoever runs the target."),
            (sample.entry(state: "RELEASED"), "1", sample.activation, "Send this activation code to the target."),
            (
                sample.entry(role: "target", state: "OPEN"), "2", sample.request,
                "Send this request code back to the source."
            ),
            (
                sample.entry(role: "target", state: "DECLINED"), "1", sample.returning,
                "Send this return code to the source,"
            ),
        ]
        for (entry, choice, code, words) in again {
            underWay(entry)
            let step = sample.step(code, entry)
            daemon.on(Calls.ShowCode.self) { _ in step }
            let run = await type(["a", choice, "2", ""])
            #expect(run.status == 0, "\(run.console.transcript)")
            #expect(run.errors.contains(words), "\(run.errors)")
        }
    }

    // MARK: - The short form

    /// The short form is of the same transfer, and says which certificate it relies on.
    @Test func givesTheShortFormOfAStartCode() async throws {
        let certificate = sample.key.certificate
        let short = try sample.shortStart()
        let (long, shortStep) = (sample.step(sample.start), sample.step(short))
        daemon.on(Calls.ShowCode.self) { $0.short == true ? shortStep : long }
        daemon.on(Calls.Offer.self) { $0.short == true ? shortStep : long }
        let key = sample.keyEntry()
        daemon.on(Calls.List.self) { _ in Calls.List.Reply(keys: [key], places: []) }
        underWay(sample.entry(state: "OFFERED"))
        for begun in [["1", "1"], ["a", "2"]] {
            let run = await type(begun + ["2", "7", "2", ""])
            #expect(run.status == 0, "\(run.console.transcript)")
            #expect(run.output.contains(sample.start.text))
            #expect(run.output.contains(short.text))
            let said = run.errors.unwrapped
            #expect(said.contains("only where certificate \(certificate.name) is known"))
            #expect(said.contains("almctl offline-transfer show \(sample.name) --short gives it again"))
            #expect(said.contains("How does the short start code travel?"))
            #expect(said.contains("\(sample.name)-short-start.aut"))
            #expect(said.contains("Send this short start code to whoever runs the target."))
            #expect(said.contains("almctl certificate export \(key.licence) writes the file"))
            #expect(said.contains("Way (1 to 6, "))
        }
        // The other codes have no short form.
        underWay(sample.entry(role: "target", state: "OPEN"))
        daemon.on(Calls.ShowCode.self) { _ in long }
        #expect(await type(["a", "2", "7"]).errors.contains("Type a number from this list"))
    }

    // MARK: - 24 rows

    /// What a person sees at each question of a terminal of 80 columns and 24 rows: the last 24 of the rows so far, the
    /// question's own among them.
    private func screens(_ run: CommandLineRun) -> [[Substring]] {
        run.console.questions.map { text in
            let plain = text.replacing(/\u{1B}\[[0-9;]*m/, with: "")
            return plain.split(separator: "\n", omittingEmptySubsequences: false).suffix(24)
        }
    }

    /// Each picture is seen whole until it was photographed.
    @Test func drawsOnePictureAtATime() async throws {
        underWay(sample.entry(state: "OFFERED"))
        let run = await type(
            ["a", "2", "4", "", "", "1", "x", "", "3", ""], terminal: TerminalSize(columns: 80, rows: 24))
        #expect(run.status == 0, "\(run.console.transcript)")
        let pictures = screens(run).filter { $0.last?.hasPrefix("Picture ") ?? false }
        #expect(
            pictures.compactMap { $0.last?.split(separator: "(").first } == [
                "Picture 1 of 3, lines 1 to 5 ", "Picture 2 of 3, lines 6 to 11 ", "Picture 3 of 3, lines 12 to 17 ",
                "Picture 1 of 3, lines 1 to 5 ", "Picture 1 of 3, lines 1 to 5 ", "Picture 2 of 3, lines 6 to 11 ",
                "Picture 3 of 3, lines 12 to 17 ",
            ])
        for screen in pictures {
            // A margin above and beneath, of which nothing has gone.
            #expect(screen.dropLast().allSatisfy { $0.count == screen[screen.startIndex].count })
            #expect(screen.count == 24)
            #expect(screen.first?.allSatisfy { $0 == " " } ?? false)
        }
        #expect(run.console.linesLeft == 0)
    }

    /// With as much to list as it ever lists, the first question stands under the first line of it.
    @Test func showsTheWholeListOnOneScreen() async throws {
        let entries = [
            sample.entry(state: "OFFERED"), sample.entry(state: "RELEASED"),
            sample.entry(role: "target", state: "OPEN"),
            sample.entry(role: "target", state: "DECLINED"), sample.entry(state: "OFFERED"),
        ]
        daemon.on(Calls.Transfers.self) { _ in Calls.Transfers.Reply(transfers: entries) }
        for (kind, line) in [
            (CodeKind.start, sample.start), (.request, sample.request), (.activation, sample.activation),
        ] {
            var kept = KeptEntry(expecting: kind)
            _ = kept.typed.enter(line.lines[0])
            try EntryStore(kind: kind, variables: ["XDG_STATE_HOME": folder.path])?.save(kept.text)
        }
        let run = await CommandLineRun(
            ["offline-transfer"], daemon: daemon,
            console: ScriptedConsole(lines: ["x"], outputSize: TerminalSize(columns: 80, rows: 24)),
            variables: ["TERM": "xterm", "XDG_STATE_HOME": folder.path])
        let first = try #require(screens(run).first)
        #expect(first.contains { $0.hasPrefix("Offline Transfer: ") }, "\(run.console.transcript)")
        #expect(first.count(where: { $0.contains("is begun") }) == 3)
    }

    /// What is read to somebody has no escape sequence in it, and what is seen fits on a screen of 80 columns.
    @Test(arguments: ["dumb", "xterm"])
    func fitsOnAnyTerminal(term: String) async throws {
        underWay(
            sample.entry(state: "OFFERED"), sample.entry(state: "RELEASED"),
            sample.entry(role: "target", state: "OPEN"),
            sample.entry(role: "target", state: "DECLINED"), sample.entry(state: "OFFERED"))
        let runs = [
            await type(
                ["a", "2", "2", "3", "4", "", "", "", "7", "2", "no"], terminal: TerminalSize(columns: 80, rows: 24),
                term: term),
            await type(["a", "1"] + sample.request.lines + ["7K3M-Q2V9-DX0G", "yes", "-"], term: term),
            await type(["a", "3", "no"], term: term), await type(["c", "3", "no"], term: term),
            await type(["4"] + sample.activation.lines + ["yes", "-"], term: term),
        ]
        for run in runs {
            let escapes = run.output.contains("\u{1B}") || run.errors.contains("\u{1B}")
            #expect(!escapes || term == "xterm")
            for line in run.console.transcript.split(whereSeparator: \.isNewline) {
                #expect(line.replacing(/\u{1B}\[[0-9;]*m/, with: "").count <= 80, "\(line)")
            }
        }
    }

    // MARK: - Many keys

    @Test func listsOnlyTheKeysThatAreMeant() async throws {
        let keys = (0..<40).map { index in
            sample.keyEntry(
                product: index == 33 ? "Relay Test" : "Runtime \(index)",
                licence: "7K\(index + 10)Q-2V9DX-0HJ")
        }
        daemon.on(Calls.List.self) { _ in Calls.List.Reply(keys: keys, places: []) }
        daemon.on(Calls.Offer.self) { _ in throw LicenceError(.recordsFull, [.location: "local", .capacity: "2"]) }
        underWay()
        let run = await type(["1", "runtime", "relay", "1"])
        #expect(run.errors.contains("     and 22 more:"))
        #expect(daemon.calls(Calls.Offer.self).map(\.key) == ["7K43Q-2V9DX-0HJ"])
        #expect(run.console.linesLeft == 0)
    }
}
