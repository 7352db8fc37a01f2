import Control
import Licensing
import TestKit
import Testing

@testable import LicenceCommands

/// `almctl list`, `show` and `transfers`.
@Suite struct ListTests {
    private let sample: SampleTransfer
    private let ready = PlaceEntry(location: "local", state: "READY", problem: nil, keys: 0, capacity: 10_000)

    init() throws {
        sample = try SampleTransfer()
    }

    private func daemon(_ keys: [KeyEntry], _ places: [PlaceEntry] = []) -> FakeDaemon {
        let daemon = FakeDaemon()
        daemon.on(Calls.List.self) { _ in Calls.List.Reply(keys: keys, places: places) }
        return daemon
    }

    @Test func showsKeysInAlignedColumnsOfAtMost80Characters() async throws {
        let keys = [
            sample.keyEntry(location: "usb:4711", users: ["plant"], licence: "7K3MQ-2V9DX-0HJ"),
            sample.keyEntry(
                users: ["one", "two"], product: "Engineering", type: "floating", quantity: 25,
                licence: "0123A-BCDEF-GHK"),
        ]
        let run = await CommandLineRun(["list"], daemon: daemon(keys, [ready]))
        #expect(
            run.output == """
                LICENCE          PRODUCT             TYPE         LOCATION  STATE  IN USE
                7K3MQ-2V9DX-0HJ  Sample Runtime 4.2  single       usb:4711  HELD   yes
                0123A-BCDEF-GHK  Engineering 4.2     floating 25  local     HELD   2 of 25

                """)
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
    }

    @Test func saysThatNoKeyIsHere() async {
        let run = await CommandLineRun(["list"], daemon: daemon([], [ready]))
        #expect(run.output.hasPrefix("no licence key is here; plug in a dongle"))
        #expect(run.status == 0)
    }

    @Test func saysWhyAPlaceIsLockedOrRefusedAndWhatToDo() async {
        let locked = PlaceEntry(location: "local", state: "LOCKED", problem: "it is a copy", keys: 1, capacity: 9)
        let refused = PlaceEntry(
            location: "usb:4711", state: "REFUSED", problem: "it came back older than it was",
            cure: "an administrator who knows why says so: almctl dongle accept 4711", keys: 0, capacity: 0)
        let keys = [sample.keyEntry(problem: "it is a copy", state: "LOCKED")]
        let run = await CommandLineRun(["list"], daemon: daemon(keys, [locked, refused]))
        let remarks = run.output.split(separator: "\n").dropFirst(2).joined(separator: " ")
        #expect(
            remarks == """
                local is LOCKED: it is a copy; nothing is deleted: put the store back where it was, or ask the vendor to \
                issue its keys anew usb:4711 is REFUSED: it came back older than it was; an administrator who knows why \
                says so: almctl dongle accept 4711
                """)
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func saysWhyAKeyIsNotUsableAndWhoHasToAct() async {
        let problem = "licence \(sample.key.number) was valid until 2026-01-01"
        let keys = [sample.keyEntry(problem: problem, cure: "ask the vendor")]
        let run = await CommandLineRun(["list"], daemon: daemon(keys, [ready]))
        #expect(run.output.unwrapped.hasSuffix("not usable: \(problem); ask the vendor"))
    }

    @Test(arguments: ["\u{1B}[2J", "a\nb", "\u{202E}evil", "x\ty", "\u{7F}"])
    func letsNoNameSteerTheTerminal(product: String) async throws {
        let run = await CommandLineRun(["list"], daemon: daemon([sample.keyEntry(product: product)], [ready]))
        #expect(!run.output.unicodeScalars.contains { $0 != "\n" && !$0.isPrintable })
        #expect(run.output.contains("\u{FFFD}"))
        #expect(run.output.split(separator: "\n").count == 2)
    }

    @Test func givesProgramsAnArrayOfKeys() async throws {
        let run = await CommandLineRun(["list", "--json"], daemon: daemon([sample.keyEntry(users: ["p"])], [ready]))
        let keys = try #require(try run.json() as? [[String: Any]])
        let key = try #require(keys.first)
        #expect(keys.count == 1)
        #expect(key["licence"] as? String == sample.key.number.description)
        #expect(key["product"] as? String == "Sample Runtime")
        #expect(key["productVersion"] as? String == "4.2")
        #expect(key["type"] as? String == "single")
        #expect(key["quantity"] as? Int == 1)
        #expect(key["location"] as? String == "local")
        #expect(key["state"] as? String == "HELD")
        #expect(key["inUse"] as? Bool == true)
        #expect(key["users"] as? [String] == ["p"])
    }

    @Test func givesProgramsAnEmptyArrayForNoKeys() async throws {
        let run = await CommandLineRun(["list", "--json"], daemon: daemon([]))
        #expect(try #require(try run.json() as? [Any]).isEmpty)
    }

    @Test func showsOneKeyWithItsTransfers() async throws {
        let daemon = FakeDaemon()
        let (key, transfer) = (sample.keyEntry(), sample.entry(next: "load the request code"))
        daemon.on(Calls.Show.self) { _ in Calls.Show.Reply(key: key, transfers: [transfer]) }
        let run = await CommandLineRun(["show", "7K3"], daemon: daemon)
        #expect(daemon.calls(Calls.Show.self).map(\.key) == ["7K3"])
        #expect(run.output.contains("vendor       Sample Works\n"))
        #expect(run.output.contains("here since   2026-03-01 08:00 UTC\n"))
        #expect(run.output.contains("  next: load the request code\n"))

        let json = try await CommandLineRun(["show", "7K3", "--json"], daemon: daemon).object()
        #expect(json["licence"] as? String == sample.key.number.description)
        #expect((json["transfers"] as? [[String: Any]])?.first?["transfer"] as? String == sample.name)
    }

    @Test func showsTheNextStepOfEachTransferWithin80Characters() async throws {
        let daemon = FakeDaemon()
        let next =
            "carry the activation code to the target (almctl offline-transfer show ABCDEF prints it again), then load "
            + "its receipt code: almctl offline-transfer settle --input FILE"
        let entries = [
            sample.entry(state: "RELEASED", fingerprint: "7K3M-Q2V9-DX0H", next: next),
            sample.entry(role: "target", state: "ACTIVE", next: "", open: false),
        ]
        daemon.on(Calls.Transfers.self) { _ in Calls.Transfers.Reply(transfers: entries) }
        let run = await CommandLineRun(["transfers", "--all"], daemon: daemon)
        #expect(daemon.calls(Calls.Transfers.self).map(\.all) == [true])
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(lines[1].hasPrefix("\(sample.name)    \(sample.key.number)  "))
        #expect(lines[2] == "  fingerprint: 7K3M-Q2V9-DX0H")
        #expect(lines[3...].dropLast().map { $0.dropFirst(2) }.joined(separator: " ") == "next: \(next)")
        #expect(lines.last?.hasSuffix("target  ACTIVE    usb:4711") == true)
    }

    @Test func givesProgramsAnArrayOfTransfers() async throws {
        let daemon = FakeDaemon()
        let entry = sample.entry(next: "go on")
        daemon.on(Calls.Transfers.self) { _ in Calls.Transfers.Reply(transfers: [entry]) }
        let run = await CommandLineRun(["transfers", "--json"], daemon: daemon)
        let transfer = try #require((try run.json() as? [[String: Any]])?.first)
        #expect(transfer["transfer"] as? String == sample.name)
        #expect(transfer["licence"] as? String == sample.key.number.description)
        #expect(transfer["role"] as? String == "source")
        #expect(transfer["state"] as? String == "OFFERED")
        #expect(transfer["next"] as? String == "go on")
    }

    @Test func saysThatNothingIsLeftToDo() async {
        let daemon = FakeDaemon()
        daemon.on(Calls.Transfers.self) { _ in Calls.Transfers.Reply(transfers: []) }
        #expect(
            await CommandLineRun(["transfers"], daemon: daemon).output.hasPrefix(
                "nothing is left to do in any transfer"))
        #expect(await CommandLineRun(["transfers", "--all"], daemon: daemon).output == "no transfer is known here\n")
    }

    @Test func keepsACommandOnOneLine() {
        let command = "almctl offline-transfer activation --input FILE"
        for length in 0...80 {
            let text = String(repeating: "x", count: length) + " (\(command) --to local), then on"
            let lines = PlainOutput.wrapped(text, indent: 2).split(separator: "\n")
            #expect(lines.contains { $0.contains(command) && $0.contains("--to local)") })
            #expect(lines.allSatisfy { $0.count <= 80 } || length > 78)
        }
    }

    /// What a subcommand of a subcommand is given stays with it.
    @Test func keepsWhatACertificateCommandIsGivenWithIt() {
        for command in ["almctl certificate export XAX9F8 --output FILE", "almctl certificate import FILE"] {
            for length in 0...70 {
                let text = String(repeating: "x ", count: length) + "\(command); then on"
                #expect(PlainOutput.wrapped(text).contains(command), "\(length)")
            }
        }
    }

    @Test func keepsALongWordWhole() {
        let word = String(repeating: "x", count: 100)
        #expect(PlainOutput.wrapped("a \(word) b", indent: 2) == "  a\n  \(word)\n  b\n")
    }
}
