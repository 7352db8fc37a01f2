import Control
import Foundation
import Licensing
import TestKit
import Testing
import TransferCodes

@testable import LicenceCommands

/// `almctl offline-transfer` on a terminal.
@Suite struct WizardTests {
    private let sample: SampleTransfer
    private let folder: TemporaryFolder
    private let daemon = FakeDaemon()

    init() throws {
        sample = try SampleTransfer()
        folder = try TemporaryFolder()
        let (keys, places) = (
            [
                sample.keyEntry(location: "usb:4711", licence: "7K3MQ-2V9DX-0HJ"),
                sample.keyEntry(licence: "7K4AA-AAAAA-AAA"),
                sample.keyEntry(location: "usb:9", state: "LOCKED", licence: "00000-00000-000"),
            ],
            [
                PlaceEntry(location: "local", state: "READY", problem: nil, keys: 1, capacity: 100),
                PlaceEntry(location: "usb:4711", state: "READY", problem: nil, keys: 1, capacity: 64),
                PlaceEntry(location: "usb:9", state: "LOCKED", problem: "a copy", keys: 1, capacity: 64),
            ]
        )
        daemon.on(Calls.List.self) { _ in Calls.List.Reply(keys: keys, places: places) }
        daemon.on(Calls.Transfers.self) { _ in Calls.Transfers.Reply(transfers: []) }
        let open = sample.entry(role: "target", state: "OPEN", fingerprint: "7K3M-Q2V9-DX0H")
        let (offer, request, release, activate, recognised) = (
            sample.step(sample.start), sample.step(sample.request, open),
            sample.step(sample.activation, sample.entry(state: "RELEASED")),
            sample.step(nil, sample.entry(role: "target", state: "ACTIVE", location: "local")),
            sample.entry(fingerprint: "7K3M-Q2V9-DX0H")
        )
        daemon.on(Calls.Offer.self) { _ in offer }
        daemon.on(Calls.Request.self) { _ in request }
        daemon.on(Calls.Release.self) { _ in release }
        daemon.on(Calls.Activate.self) { _ in activate }
        daemon.on(Calls.Recognise.self) { _ in
            Calls.Recognise.Reply(kind: "request code", transfer: recognised, repairs: [])
        }
    }

    private func type(_ lines: [String]) async -> CommandLineRun {
        await CommandLineRun(["offline-transfer"], daemon: daemon, console: ScriptedConsole(lines: lines))
    }

    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func generatesAStartCode() async throws {
        let path = folder.file("start.aut")
        let run = await type(["1", "1", path])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(daemon.calls(Calls.Offer.self).map(\.key) == ["7K3MQ-2V9DX-0HJ"])
        #expect(try folder.contents(of: "start.aut") == sample.start.text)
        #expect(run.console.transcript.contains("Send this start code to whoever runs the target."))
        // A locked key can't move, and is not offered.
        #expect(!run.console.transcript.contains("00000-00000-000"))
        #expect(run.console.linesLeft == 0)
    }

    @Test(arguments: ["2", "7k4", "7K4AA-AAAAA-AAA", " 7k4aaaaa "])
    func takesAKeyByItsPlaceOrTheBeginningOfItsNumber(answer: String) async {
        _ = await type(["1", answer, "-"])
        #expect(daemon.calls(Calls.Offer.self).map(\.key) == ["7K4AA-AAAAA-AAA"])
    }

    @Test(arguments: ["7K", "0", "3", "", "00000", "-1"])
    func asksAgainWhichKeyIsMeant(answer: String) async {
        let run = await type(["1", answer, "1", "-"])
        #expect(run.console.errors.contains("No key, or more than one, is meant by that.\n"))
        #expect(daemon.calls(Calls.Offer.self).map(\.key) == ["7K3MQ-2V9DX-0HJ"])
    }

    @Test func generatesARequestCodeFromAFile() async throws {
        let start = try folder.write(sample.start.text.utf8, to: "start code.aut")
        let run = await type(["2", "'\(start)'", "2", "-"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(daemon.calls(Calls.Request.self).map(\.code) == [sample.start.text])
        #expect(daemon.calls(Calls.Request.self).map(\.to) == ["usb:4711"])
        #expect(run.output.contains(sample.request.text))
        #expect(run.console.errors.split(whereSeparator: \.isWhitespace).contains("7K3M-Q2V9-DX0H"))
    }

    /// A pasted file has a heading, and an empty line behind it, before the lines of the code.
    @Test func takesAWholeFileThatIsPasted() async throws {
        let run = await type(["2"] + lines(sample.start.text) + ["local", "-"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(daemon.calls(Calls.Request.self).map(\.to) == ["local"])
        let sent = try #require(daemon.calls(Calls.Request.self).first?.code)
        #expect(try CodeReader.read(sent, expecting: .start).repairs.isEmpty)
        #expect(run.console.linesLeft == 0)
    }

    @Test func takesTheBareLinesThatAreTyped() async throws {
        let run = await type(["4"] + sample.activation.lines)
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(daemon.calls(Calls.Activate.self).count == 1)
        #expect(run.output.contains("is active in local"))
    }

    @Test func saysWhatIsWrongWithACodeAndAsksAgain() async throws {
        let first = try #require(sample.activation.lines.first)
        let run = await type(
            ["4", first, "", "no such line, sorry for the trouble"] + sample.request.lines + ["no/such.aut"]
                + sample.activation.lines.dropFirst())
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.contains("That is not line 2: "))
        #expect(run.errors.contains("error: this is a request code, not an activation code"))
        #expect(run.errors.contains("error: this is a request code of transfer \(sample.name), for"))
        #expect(run.errors.contains("no/such.aut can't be read"))
        #expect(daemon.calls(Calls.Activate.self).count == 1)
        #expect(run.console.linesLeft == 0)
    }

    @Test func generatesAnActivationCodeAfterAYes() async throws {
        let run = await type(["3"] + sample.request.lines + ["yes", "-"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.contains("fingerprint  7K3M-Q2V9-DX0H"))
        #expect(run.errors.contains("The key leaves usb:4711 now"))
        #expect(run.output.contains(sample.activation.text))
        #expect(daemon.calls(Calls.Release.self).map(\.evenIfInUse) == [false])
    }

    @Test func takesALicenceAwayOnlyAfterASecondYes() async throws {
        let reply = sample.step(sample.activation)
        daemon.on(Calls.Release.self) { call in
            guard call.evenIfInUse == true else {
                throw LicenceError(.keyInUse, [.licence: "7K3MQ-2V9DX-0HJ", .holder: "plant (pid 7)"])
            }
            return reply
        }
        let kept = await type(["3"] + sample.request.lines + ["yes", "no"])
        #expect(kept.status == 1)
        #expect(daemon.calls(Calls.Release.self).count == 1)
        let taken = await type(["3"] + sample.request.lines + ["yes", "yes", "-"])
        #expect(taken.status == 0)
        #expect(taken.errors.contains("is in use by plant (pid 7)"))
    }

    @Test func showsFirstWhatIsUnderWay() async throws {
        let entry = sample.entry(state: "RELEASED", next: "load its receipt code")
        daemon.on(Calls.Transfers.self) { _ in Calls.Transfers.Reply(transfers: [entry]) }
        let run = await type([])
        let text = run.errors
        let (transfers, question) = (
            try #require(text.range(of: "Transfers under way:\n  a  \(sample.name), ")), text.range(of: "Which step?")
        )
        #expect(transfers.lowerBound < (try #require(question)).lowerBound)
        #expect(daemon.calls(Calls.Transfers.self).count == 1)
    }

    /// Leaving at any question changes nothing that could not be had again.
    @Test(arguments: 0...5)
    func leavesAtAnyQuestion(count: Int) async throws {
        let typed = ["3"] + sample.request.lines + ["yes", "-"]
        #expect(typed.count == 7)
        let run = await type(Array(typed.prefix(count)))
        #expect(run.status == 1)
        #expect(
            run.errors.hasSuffix("error: stopped before anything was changed\nhint: run the command again when ready\n")
        )
        #expect(daemon.calls(Calls.Release.self).isEmpty)
    }

    @Test func asksForAnotherNameWhereTheFileIsTaken() async throws {
        try folder.write("a letter".utf8, to: "taken")
        let run = await type(["1", "1", folder.file("taken"), folder.path, folder.file("free")])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(try folder.contents(of: "taken") == "a letter")
        #expect(try folder.contents(of: "free") == sample.start.text)
    }

    @Test func proposesANameForTheFile() async throws {
        let run = await type(["1", "1"])
        #expect(run.errors.contains("  1  as a file, by mail or on a stick       \(sample.name)-start.aut\n"))
        #expect(run.errors.contains("Way (1 to 7, Enter: 1; or a name for the file): "))
    }

    @Test func asksAgainForAStepThatThereIs() async {
        let run = await type(["5", "x", "0", "1", "1", "-"])
        #expect(run.status == 0)
        #expect(run.errors.components(separatedBy: "Type 1, 2, 3 or 4.").count == 4)
    }

    @Test func endsWhereNoKeyIsHere() async {
        daemon.on(Calls.List.self) { _ in Calls.List.Reply(keys: [], places: []) }
        let run = await type(["1"])
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("no licence key is here"))
    }

    @Test func asksNothingInJSON() async throws {
        let run = await CommandLineRun(
            ["offline-transfer", "--json"], daemon: daemon, console: ScriptedConsole(lines: ["1"]))
        #expect(run.status == 2)
        #expect(try run.error()["name"] == "usage")
        #expect(run.console.linesLeft == 1)
    }

    @Test func reportsARefusalLikeTheCommands() async throws {
        daemon.on(Calls.Offer.self) { _ in throw LicenceError(.recordsFull, [.location: "local", .capacity: "2"]) }
        let run = await type(["1", "1"])
        #expect(run.status == 1)
        #expect(
            run.errors.hasSuffix(
                ErrorReport(LicenceError(.recordsFull, [.location: "local", .capacity: "2"])).wrappedText))
    }
}
