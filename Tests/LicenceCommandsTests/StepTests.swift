import Control
import Licensing
import TestKit
import Testing
import TransferCodes

@testable import LicenceCommands

/// The steps of a transfer: what is asked of the daemon, what is shown, and where the code goes.
@Suite struct StepTests {
    private let sample: SampleTransfer
    private let folder: TemporaryFolder

    init() throws {
        sample = try SampleTransfer()
        folder = try TemporaryFolder()
    }

    private func offering() -> FakeDaemon {
        let daemon = FakeDaemon()
        let reply = sample.step(sample.start, sample.entry(next: "load the request code"))
        daemon.on(Calls.Offer.self) { _ in reply }
        return daemon
    }

    @Test func printsTheCodeAloneOnStandardOutput() async throws {
        let daemon = offering()
        let run = await CommandLineRun(["offline-transfer", "start", "7K3"], daemon: daemon)
        #expect(run.status == 0)
        #expect(run.output == sample.start.text)
        #expect(run.errors == "next: load the request code\n")
        #expect(daemon.calls(Calls.Offer.self).map(\.key) == ["7K3"])
        #expect(daemon.calls(Calls.Offer.self).map(\.anew) == [false])
        #expect(try CodeReader.read(run.output, expecting: .start).repairs.isEmpty)
    }

    @Test func withdrawsTheOldStartCodeWhereANewOneIsAskedFor() async {
        let daemon = offering()
        _ = await CommandLineRun(["offline-transfer", "start", "7K3", "--new"], daemon: daemon)
        #expect(daemon.calls(Calls.Offer.self).map(\.anew) == [true])
    }

    @Test func givesProgramsTheCodeAsLinesBesideTheTransfer() async throws {
        let run = await CommandLineRun(["offline-transfer", "start", "7K3", "--json"], daemon: offering())
        let object = try run.object()
        #expect(object["code"] as? [String] == sample.start.lines)
        #expect(object["file"] as? String == sample.start.text)
        #expect(object["transfer"] as? String == sample.name)
        #expect(object["licence"] as? String == sample.key.number.description)
        #expect(object["state"] as? String == "OFFERED")
        #expect(object["role"] as? String == "source")
        #expect(object["next"] as? String == "load the request code")
        #expect(object["repeated"] as? Bool == false)
        #expect((object["repairs"] as? [Any])?.isEmpty == true)
        #expect(object["output"] == nil)
        #expect(run.errors.isEmpty)
    }

    @Test func writesTheCodeToAFile() async throws {
        let path = folder.file("start.aut")
        let run = await CommandLineRun(["offline-transfer", "start", "7K3", "--output", path], daemon: offering())
        #expect(run.status == 0)
        #expect(run.output == "transfer \(sample.name): the code is in \(path)\n")
        #expect(try folder.contents(of: "start.aut") == sample.start.text)
        #expect(try folder.names() == ["start.aut"])

        let json = await CommandLineRun(
            ["offline-transfer", "start", "7", "--output", path, "--json"], daemon: offering())
        #expect(json.status == 0)
        #expect(try json.object()["output"] as? String == path)
    }

    @Test func keepsADifferentCodeUnlessForced() async throws {
        let path = try folder.write(sample.request.text.utf8, to: "start.aut")
        let daemon = offering()
        let refused = await CommandLineRun(["offline-transfer", "start", "7K3", "--output", path], daemon: daemon)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("error: \(path) exists already and holds something else\n"))
        // Another kind of code can't turn out to be the same, so that is told before anything is done.
        #expect(daemon.callCount == 0)
        #expect(try folder.contents(of: "start.aut") == sample.request.text)

        let forced = await CommandLineRun(
            ["offline-transfer", "start", "7K3", "--output", path, "--force"], daemon: daemon)
        #expect(forced.status == 0)
        #expect(try folder.contents(of: "start.aut") == sample.start.text)
    }

    @Test func saysHowToGetTheCodeWhereTheStepIsDoneAndItsFileIsNot() async throws {
        let other = try SampleTransfer.another()
        let path = try folder.write(other.text.utf8, to: "start.aut")
        let daemon = offering()
        let run = await CommandLineRun(["offline-transfer", "start", "7", "--output", path, "--json"], daemon: daemon)
        #expect(run.status == 1)
        #expect(daemon.callCount == 1)
        let error = try run.error()
        #expect(error["name"] == "outputExists")
        #expect(error["transfer"] == sample.name)
        #expect(error["hint"]?.contains("almctl offline-transfer show \(sample.name) --output FILE") == true)
        #expect(try folder.contents(of: "start.aut") == other.text)
    }

    @Test func loadsACodeAndReportsWhatThedaemonPutRight() async throws {
        let daemon = FakeDaemon()
        let repairs = [
            RepairEntry(line: 2, group: 3, position: 3, read: "8", correct: "B"),
            RepairEntry(line: 4, group: 4, position: 1, read: "?", correct: "7"),
            RepairEntry(line: 5, group: 1, position: 2, read: "", correct: "Q"),
            RepairEntry(line: 6, group: 1, position: 2, read: "Q", correct: ""),
            RepairEntry(line: 7, group: 0, position: 1, read: "1", correct: "7"),
        ]
        let entry = sample.entry(role: "target", state: "OPEN", fingerprint: "7K3M-Q2V9-DX0H")
        let reply = sample.step(sample.request, entry, repairs: repairs)
        daemon.on(Calls.Request.self) { _ in reply }
        let path = try folder.write(sample.start.text.utf8, to: "start.aut")
        let arguments = ["offline-transfer", "request", "--input", path, "--to", "usb:4711"]
        let run = await CommandLineRun(arguments, daemon: daemon)
        #expect(run.output == sample.request.text)
        #expect(
            run.errors == """
                put right: line 2, third character of group 3: 8 read as B
                put right: line 4, first character of the check group: not readable, is 7
                put right: line 5, second character of group 1: missing, is Q
                put right: line 6, second character of group 1: Q is one too many
                put right: line 7, its number: 1 read as 7
                fingerprint: 7K3M-Q2V9-DX0H

                """)
        #expect(daemon.calls(Calls.Request.self).map(\.code) == [sample.start.text])
        #expect(daemon.calls(Calls.Request.self).map(\.to) == ["usb:4711"])

        let json = try await CommandLineRun(arguments + ["--json"], daemon: daemon).object()
        #expect((json["repairs"] as? [[String: Any]])?.first?["correct"] as? String == "B")
    }

    @Test func loadsACodeFromStandardInput() async throws {
        let daemon = FakeDaemon()
        let reply = sample.step(nil, sample.entry(role: "target", state: "ACTIVE", location: "local"))
        daemon.on(Calls.Activate.self) { _ in reply }
        let run = await CommandLineRun(
            ["offline-transfer", "activate", "--input", "-"], daemon: daemon,
            console: ScriptedConsole(input: Array(sample.activation.text.utf8)))
        #expect(run.status == 0)
        #expect(daemon.calls(Calls.Activate.self).map(\.code) == [sample.activation.text])
        #expect(
            run.output.unwrapped.hasPrefix("licence \(sample.key.number) (Sample Runtime 4.2) is active in local; "))
    }

    @Test func saysThatAKeyWasAlreadyActive() async throws {
        let daemon = FakeDaemon()
        let reply = sample.step(nil, sample.entry(role: "target", state: "ACTIVE", location: "local"), repeated: true)
        daemon.on(Calls.Activate.self) { _ in reply }
        let run = await CommandLineRun(
            ["offline-transfer", "activate", "--input", "-"], daemon: daemon,
            console: ScriptedConsole(input: Array(sample.activation.text.utf8)))
        #expect(run.output.contains("was already active"))
    }

    @Test func namesTheTransferInTheOtherSteps() async throws {
        let daemon = FakeDaemon()
        let (returning, receipt, start) = (
            sample.step(sample.returning), sample.step(sample.receipt), sample.step(sample.start)
        )
        let nothing = sample.step(nil)
        daemon.on(Calls.Decline.self) { _ in returning }
        daemon.on(Calls.Receipt.self) { _ in receipt }
        daemon.on(Calls.ShowCode.self) { _ in start }
        daemon.on(Calls.Cancel.self) { _ in nothing }
        func run(_ arguments: String...) async -> CommandLineRun {
            await CommandLineRun(["offline-transfer"] + arguments, daemon: daemon)
        }
        #expect(await run("decline", "ABCDEF", "--at", "local").output == sample.returning.text)
        #expect(await run("receipt", "ABCDEF").output == sample.receipt.text)
        #expect(await run("show", "ABCDEF", "--at", "usb:1").output == sample.start.text)
        #expect(await run("cancel", "ABCDEF", "--at", "usb:2").output.hasPrefix("the start code of transfer"))
        #expect(daemon.calls(Calls.Decline.self).map(\.at) == ["local"])
        #expect(daemon.calls(Calls.Receipt.self).map(\.at) == [nil])
        #expect(daemon.calls(Calls.ShowCode.self).map(\.transfer) == ["ABCDEF"])
        #expect(daemon.calls(Calls.Cancel.self).map(\.at) == ["usb:2"])
    }

    @Test func loadsReturnAndReceiptCodes() async throws {
        let daemon = FakeDaemon()
        let nothing = sample.step(nil)
        daemon.on(Calls.Reclaim.self) { _ in nothing }
        daemon.on(Calls.Settle.self) { _ in nothing }
        let back = try folder.write(sample.returning.text.utf8, to: "back")
        let receipt = try folder.write(sample.receipt.text.utf8, to: "receipt")
        let reclaimed = await CommandLineRun(["offline-transfer", "reclaim", "--input", back], daemon: daemon)
        #expect(reclaimed.output == "licence \(sample.key.number) is back in usb:4711\n")
        let settled = await CommandLineRun(["offline-transfer", "settle", "--input", receipt], daemon: daemon)
        #expect(settled.output == "transfer \(sample.name) is closed: licence \(sample.key.number) arrived\n")
    }

    /// The daemon answers a code that was loaded before as it answered then; where the key is by now it does not say.
    @Test func aCodeThatWasLoadedBeforeSaysNothingOfWhereTheKeyIs() async throws {
        let daemon = FakeDaemon()
        let reply = sample.step(nil, repeated: true)
        daemon.on(Calls.Reclaim.self) { _ in reply }
        daemon.on(Calls.Settle.self) { _ in reply }
        daemon.on(Calls.Cancel.self) { _ in reply }
        let back = try folder.write(sample.returning.text.utf8, to: "back")
        let receipt = try folder.write(sample.receipt.text.utf8, to: "receipt")
        let (licence, name) = (sample.key.number, sample.name)
        for (arguments, expected) in [
            (
                ["reclaim", "--input", back],
                """
                licence \(licence) was taken back before, at 2026-03-01 08:01:00 UTC, with transfer \(name); nothing has \
                changed now, and the key may have left again since: almctl list

                """
            ),
            (["settle", "--input", receipt], "transfer \(name) was closed before\n"),
            (
                ["cancel", name],
                "the start code of transfer \(name) was withdrawn before; where licence \(licence) is now: almctl list\n"
            ),
        ] {
            let run = await CommandLineRun(["offline-transfer"] + arguments, daemon: daemon)
            #expect(run.output.unwrapped == expected.unwrapped)
            #expect(run.status == 0)
        }
    }

    @Test func aRequestWithNoPlaceForTheKeySaysWhatIsWrongWithThem() async throws {
        let daemon = FakeDaemon()
        let path = try folder.write(sample.start.text.utf8, to: "start.aut")
        func request(_ places: PlaceEntry...) async throws -> [String: String] {
            daemon.on(Calls.List.self) { _ in Calls.List.Reply(keys: [], places: places) }
            return try await CommandLineRun(
                ["offline-transfer", "request", "--input", path, "--json"], daemon: daemon
            ).error()
        }
        let refused = PlaceEntry(
            location: "usb:4711", state: "REFUSED", problem: "it is older", cure: "plug in another", keys: 0,
            capacity: 0)
        let locked = PlaceEntry(location: "local", state: "LOCKED", problem: "it is a copy", keys: 0, capacity: 9)
        let both = try await request(refused, locked)
        #expect(both["name"] == "vaultLocked" && both["message"] == "local is LOCKED: it is a copy")
        let other = try await request(refused)
        #expect(other["message"]?.hasSuffix("usb:4711 is REFUSED: it is older") == true)
        #expect(other["hint"] == "plug in another")
    }

    @Test func movesAKey() async throws {
        let daemon = FakeDaemon()
        let reply = sample.step(nil, sample.entry(state: "SETTLED", location: "local"))
        daemon.on(Calls.Move.self) { _ in reply }
        let run = await CommandLineRun(["move", "7K3", "--to", "usb:4711", "--even-if-in-use"], daemon: daemon)
        #expect(run.output == "licence \(sample.key.number) (Sample Runtime 4.2) is in usb:4711\n")
        #expect(daemon.calls(Calls.Move.self).map(\.to) == ["usb:4711"])
        #expect(daemon.calls(Calls.Move.self).map(\.evenIfInUse) == [true])
    }

    @Test func acceptsADongle() async throws {
        let daemon = FakeDaemon()
        daemon.on(Calls.AcceptDongle.self) { $0 }
        daemon.on(Calls.List.self) { _ in
            Calls.List.Reply(
                keys: [],
                places: [
                    PlaceEntry(location: "usb:4711", state: "READY", problem: nil, keys: 0, capacity: 9),
                    PlaceEntry(location: "usb:4712", state: "LOCKED", problem: "it is a copy", keys: 0, capacity: 9),
                ])
        }
        #expect(
            await CommandLineRun(["dongle", "accept", "4711"], daemon: daemon).output
                == "dongle 4711 is accepted as it is\n")
        let listed = await CommandLineRun(["dongle", "accept", "usb:4711"], daemon: daemon)
        #expect(listed.output == "dongle 4711 is accepted as it is\n" && listed.errors.isEmpty)
        let locked = await CommandLineRun(["dongle", "accept", "4712"], daemon: daemon)
        #expect(locked.errors.unwrapped.contains("usb:4712 is LOCKED (it is a copy), and accepting is no cure"))
        let json = try await CommandLineRun(["dongle", "accept", "4711", "--json"], daemon: daemon).object()
        #expect(json["serial"] as? String == "4711")
    }

    @Test func showsEventsAsTheyCome() async throws {
        let events = [
            EventEntry(kind: "ready", time: 1_772_352_001),
            EventEntry(kind: "mounted", time: 1_772_352_062, location: "usb:4711", detail: "2 keys"),
        ]
        let run = await CommandLineRun(["monitor"], daemon: FakeDaemon(events: events))
        #expect(
            run.output == """
                2026-03-01 08:00:01 UTC  ready
                2026-03-01 08:01:02 UTC  mounted    usb:4711  2 keys

                """)
        let json = await CommandLineRun(["monitor", "--json"], daemon: FakeDaemon(events: events))
        let lines = json.output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.last == #"{"detail":"2 keys","kind":"mounted","location":"usb:4711","time":1772352062}"#)
    }
}
