import Control
import Licensing
import Testing

@testable import LicenceCommands

/// `almctl history`
@Suite struct HistoryTests {
    private static let number = "7K3MQ-2V9DX-0HJ"
    private let lines = [
        HistoryLine(event: "minted", licence: Self.number, transfer: nil, time: 1_772_352_000, user: 0),
        HistoryLine(
            event: "released", licence: Self.number, transfer: "K3F7QX", time: 1_772_352_061, user: 4_294_967_295),
    ]

    private func daemon(_ lines: [HistoryLine]) -> FakeDaemon {
        let daemon = FakeDaemon()
        daemon.on(Calls.History.self) { _ in Calls.History.Reply(lines: lines) }
        return daemon
    }

    @Test func showsWhatWhenAndByWhomWithin80Characters() async {
        let daemon = daemon(lines)
        let run = await CommandLineRun(["history", "7k3"], daemon: daemon)
        #expect(daemon.calls(Calls.History.self).map(\.key) == ["7k3"])
        #expect(
            run.output == """
                WHEN                     WHAT      LICENCE          TRANSFER  USER
                2026-03-01 08:00:00 UTC  minted    7K3MQ-2V9DX-0HJ  -         0
                2026-03-01 08:01:01 UTC  released  7K3MQ-2V9DX-0HJ  K3F7QX    4294967295

                """)
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(run.status == 0)
    }

    @Test func givesProgramsAnArray() async throws {
        let run = await CommandLineRun(["history", "--json"], daemon: daemon(lines))
        let entries = try #require(try run.json() as? [[String: Any]])
        #expect(entries.map { $0["event"] as? String } == ["minted", "released"])
        #expect(entries.map { $0["transfer"] as? String } == [nil, "K3F7QX"])
        #expect(entries.map { $0["user"] as? Int } == [0, 4_294_967_295])
        let none = await CommandLineRun(["history", "--json"], daemon: daemon([]))
        #expect(try #require(try none.json() as? [Any]).isEmpty)
    }

    @Test func saysThatNothingIsRemembered() async {
        let all = await CommandLineRun(["history"], daemon: daemon([]))
        #expect(all.output == "nothing has happened in the local store yet\n")
        let one = await CommandLineRun(["history", "9"], daemon: daemon([]))
        #expect(one.output == "the local store remembers nothing of a licence key 9\n")
    }

    @Test func letsNoWordSteerTheTerminal() async {
        let line = HistoryLine(event: "\u{1B}[2J", licence: "a\nb", transfer: "\u{7F}", time: -1, user: -1)
        let run = await CommandLineRun(["history"], daemon: daemon([line]))
        #expect(!run.output.unicodeScalars.contains { $0 != "\n" && !$0.isPrintable })
        #expect(run.output.split(separator: "\n").count == 2)
    }
}
