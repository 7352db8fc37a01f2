import Control
import Licensing
import TestKit
import Testing
import TransferCodes

@testable import LicenceCommands

/// Step 3, after which the key is gone: what a person is told and asked before it.
@Suite struct ActivationTests {
    private let sample: SampleTransfer
    private let folder: TemporaryFolder
    private let path: String
    private let daemon = FakeDaemon()

    init() throws {
        sample = try SampleTransfer()
        folder = try TemporaryFolder()
        path = try folder.write(sample.request.text.utf8, to: "request.aut")
        let entry = sample.entry(fingerprint: "7K3M-Q2V9-DX0H")
        daemon.on(Calls.Recognise.self) { _ in
            Calls.Recognise.Reply(kind: "request code", transfer: entry, repairs: [])
        }
        let reply = sample.step(sample.activation, sample.entry(state: "RELEASED"))
        daemon.on(Calls.Release.self) { _ in reply }
    }

    private func activation(_ more: String..., typing lines: [String]? = nil) async -> CommandLineRun {
        await CommandLineRun(
            ["offline-transfer", "activation", "--input", path] + more, daemon: daemon,
            console: ScriptedConsole(lines: lines))
    }

    @Test func showsWhatIsAskedForAndAsks() async throws {
        let run = await activation(typing: ["maybe", "yes"])
        #expect(run.status == 0)
        #expect(run.output == sample.activation.text)
        for part in [
            sample.name, sample.key.number.description, "Sample Runtime 4.2", "fingerprint  7K3M-Q2V9-DX0H",
            "The key leaves usb:4711 now", "Give up the key? (yes, no, or the fingerprint): yes\n",
        ] { #expect(run.console.transcript.contains(part), "\(part)") }
        #expect(daemon.calls(Calls.Release.self).count == 1)
    }

    /// An answer by mail has the start code quoted beneath it as a rule.
    @Test func asksOnlyAboutTheRequestInAMailWithTwoCodes() async throws {
        let mail = sample.request.text + sample.start.text.split(separator: "\n").map { "> \($0)\n" }.joined()
        let path = try folder.write(mail.utf8, to: "mail")
        let run = await CommandLineRun(
            ["offline-transfer", "activation", "--input", path], daemon: daemon,
            console: ScriptedConsole(lines: ["yes"]))
        #expect(run.status == 0)
        let asked = daemon.calls(Calls.Recognise.self).map(\.code)
        #expect(asked == [sample.request.lines.joined(separator: "\n")])
        #expect(daemon.calls(Calls.Release.self).map(\.code) == [mail])
    }

    @Test(arguments: [["no"], [""], []])
    func givesNothingUpWithoutAYes(lines: [String]) async throws {
        let run = await activation(typing: lines)
        #expect(run.status == 1)
        #expect(run.errors.contains("error: stopped before anything was changed\n"))
        #expect(daemon.calls(Calls.Release.self).isEmpty)
    }

    /// The fingerprint, as the target reads it out, is an answer wherever the question is asked.
    @Test func takesTheFingerprintForAYes() async throws {
        let run = await activation(typing: ["7K3M-Q2V9-DX0G", "", "7k3mq2v9 dxoh"])
        #expect(run.status == 0, "\(run.console.transcript)")
        #expect(run.errors.contains("7K3M-Q2V9-DX0G is not the fingerprint of this request."))
        #expect(daemon.calls(Calls.Release.self).map(\.fingerprint) == ["7K3M-Q2V9-DX0H"])
    }

    @Test func asksNobodyWhereNobodyIs() async throws {
        #expect(await activation().status == 0)
        #expect(await activation("--yes", typing: []).status == 0)
        #expect(await activation("--json", typing: []).status == 0)
        #expect(daemon.calls(Calls.Recognise.self).isEmpty)
        #expect(daemon.calls(Calls.Release.self).count == 3)
    }

    @Test func hasTheDaemonCompareTheFingerprint() async throws {
        _ = await activation("--fingerprint", "7K3M-Q2V9-DX0H", "--even-if-in-use")
        #expect(daemon.calls(Calls.Release.self).map(\.fingerprint) == ["7K3M-Q2V9-DX0H"])
        #expect(daemon.calls(Calls.Release.self).map(\.evenIfInUse) == [true])
    }

    @Test(arguments: ["RELEASED", "RETURNED", "WITHDRAWN"])
    func asksNothingWhereTheKeyHasLeftAlready(state: String) async throws {
        let entry = sample.entry(state: state)
        daemon.on(Calls.Recognise.self) { _ in
            Calls.Recognise.Reply(kind: "request code", transfer: entry, repairs: [])
        }
        #expect(await activation(typing: []).status == 0)
    }

    @Test func closesATransferOnlyAfterAYes() async throws {
        let reply = sample.step(nil, sample.entry(state: "SETTLED", open: false))
        daemon.on(Calls.Close.self) { _ in reply }
        let released = sample.entry(state: "RELEASED", transfer: "ABCDEF")
        daemon.on(Calls.Transfers.self) { _ in Calls.Transfers.Reply(transfers: [released]) }
        func close(_ more: String..., typing lines: [String]? = nil) async -> CommandLineRun {
            await CommandLineRun(
                ["transfers", "close", "ABCDEF", "--without-receipt"] + more, daemon: daemon,
                console: ScriptedConsole(lines: lines))
        }
        let unasked = await close()
        #expect(unasked.status == 2)
        #expect(unasked.errors.contains("hint: repeat the command with --yes\n"))
        #expect(await close("--json", typing: ["yes"]).status == 2)
        #expect(await close(typing: ["no"]).status == 1)
        #expect(daemon.calls(Calls.Close.self).isEmpty)

        let agreed = await close(typing: ["yes"])
        #expect(agreed.status == 0)
        #expect(agreed.errors.hasPrefix("warning: transfer ABCDEF loses its activation code"))
        #expect(await close("--yes", "--at", "local").status == 0)
        #expect(daemon.calls(Calls.Close.self).map(\.at) == [nil, "local"])

        // One that can't be closed is not warned of; the daemon says what is so.
        let declined = sample.entry(role: "target", state: "DECLINED", transfer: "ABCDEF")
        daemon.on(Calls.Transfers.self) { _ in Calls.Transfers.Reply(transfers: [declined]) }
        #expect(await close().errors.isEmpty)
        #expect(daemon.calls(Calls.Close.self).count == 3)
    }
}
