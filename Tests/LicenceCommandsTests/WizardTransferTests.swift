import Control
import Foundation
import Licensing
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
        #expect(run.errors.contains("Later: almctl offline-transfer receipt \(sample.name)"))
    }

    @Test(arguments: [
        ("plug in dongle 4711; then load it", false), ("go on: almctl move 7K3MQ-2V9DX-0HJ --to usb:4711", true),
    ])
    func saysTheNextStepWhereThisIsNotThePlaceForIt(next: String, present: Bool) async throws {
        let entry = sample.entry(state: "OFFERED", next: next)
        underWay(
            TransferEntry(
                transfer: entry.transfer, licence: entry.licence, product: entry.product, productVersion: "4.2",
                role: "source", state: "OFFERED", location: "usb:4711", begun: 0, changed: 0, fingerprint: nil,
                next: next, open: true, present: present))
        let run = await type(["a"])
        #expect(run.status == 0)
        #expect(!run.errors.contains("What is to be done?"))
        #expect(run.errors.replacing("\n", with: " ").contains(next.prefix(20)))
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
        let run = await type(["a", "2", "2", "3", "4", aut, page, "7", "no"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.output.contains(sample.start.text))
        #expect(run.output.contains("line one\n"))
        #expect(run.output.contains("█"))
        #expect(try folder.contents(of: "a.aut") == sample.start.text)
        #expect(try folder.contents(of: "a.html").hasPrefix("<!DOCTYPE html>"))
        #expect(run.errors.contains("Type a number from 1 to 6"))
        #expect(run.console.linesLeft == 0)
    }

    @Test func saysHowACodeIsHadAgainByWhoeverLeaves() async throws {
        underWay(sample.entry(state: "OFFERED"))
        let run = await type(["a", "2"])
        #expect(run.status == 0)
        #expect(run.errors.contains("almctl offline-transfer show \(sample.name) gives it again"))
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
                ["a", "2", "2", "3", "4", "no"], terminal: TerminalSize(columns: 80, rows: 24), term: term),
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
