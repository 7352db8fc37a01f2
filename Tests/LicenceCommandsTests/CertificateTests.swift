import Control
import LicenceCommands
import Licensing
import TestKit
import Testing

/// `almctl certificate`
@Suite struct CertificateTests {
    private let sample: SampleTransfer
    private let folder: TemporaryFolder
    private let daemon = FakeDaemon()

    init() throws {
        sample = try SampleTransfer()
        folder = try TemporaryFolder()
        let reply = Calls.Show.Reply(
            key: sample.keyEntry(location: "usb:4711", product: "<Widget> & \"Co\""),
            transfers: [
                sample.entry(role: "target", state: "ACTIVE", open: false), sample.entry(state: "SOMETHING NEW"),
            ])
        daemon.on(Calls.Show.self) { _ in reply }
    }

    private func certificate(_ arguments: String...) async -> CommandLineRun {
        await CommandLineRun(["certificate"] + arguments, daemon: daemon)
    }

    @Test func makesAPageWithAllThatIsFiled() async throws {
        let run = await certificate("7K3", "--sheet")
        #expect(run.status == 0)
        #expect(daemon.calls(Calls.Show.self).map(\.key) == ["7K3"])
        let number = sample.key.number.description
        for text in [
            "<title>Certificate of licence \(number)</title>", "&lt;Widget&gt; &amp; &quot;Co&quot; 4.2", "usb:4711",
            sample.vendor.vendor.name, "2026-01-15", sample.name, "the key arrived here", "SOMETHING NEW",
            "2026-03-01 08:00 UTC", "lang=\"en\"",
        ] { #expect(run.output.contains(text), "\(text)") }
        let hexadecimal = sample.key.certificate.bytes.hexadecimal
        #expect(run.output.replacing(" ", with: "").contains(hexadecimal))
        for text in ["<script", "http", "src=", "<Widget>"] { #expect(!run.output.contains(text), "\(text)") }
    }

    @Test func makesTextForATerminal() async {
        let run = await certificate("page", "7K3")
        #expect(run.output.hasPrefix("Certificate of licence \(sample.key.number)\n"))
        #expect(run.output.contains("\nproduct      <Widget> & \"Co\" 4.2\n"))
        #expect(run.output.contains(sample.name))
    }

    @Test func writesAFile() async throws {
        let path = folder.file("certificate.html")
        #expect(await certificate("7K3", "--output", path).status == 0)
        #expect(try folder.contents(of: "certificate.html").hasPrefix("<!DOCTYPE html>"))
        try folder.write("other".utf8, to: "other.html")
        let run = await certificate("7K3", "--output", folder.file("other.html"), "--json")
        #expect(try run.error()["name"] == "outputExists")
        #expect(await certificate("7K3", "--json").status == 2)
    }
}
