import Control
import Foundation
import Licensing
import Testing
import TransferCodes

@testable import LicenceCommands

/// A code that is pasted at a terminal: all of it stands there before the first line of it is read.
@Suite struct PasteTests {
    /// What stands behind the code in the same paste is no answer to the question whether the key may leave.
    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func takesAWholeFileThatIsPasted(agrees: Bool) async throws {
        let (sample, folder, daemon) = (try SampleTransfer(), try TemporaryFolder(), FakeDaemon())
        daemon.on(Calls.Recognise.self) { _ in
            Calls.Recognise.Reply(
                kind: "request code", transfer: sample.entry(fingerprint: "7K3M-Q2V9-DX0H"), repairs: [])
        }
        daemon.on(Calls.Release.self) { _ in sample.step(sample.activation, sample.entry(state: "RELEASED")) }
        let terminal = try Terminal()
        terminal.type(sample.request.text + "\n-- \n\(agrees ? "no" : "yes")\n")
        // The terminal shows what it has taken in.
        _ = terminal.shown(until: agrees ? "\r\nno\r\n" : "\r\nyes\r\n")
        let environment = CommandEnvironment(
            console: StandardConsole(input: terminal.side, output: terminal.side, errors: terminal.side),
            variables: ["TERM": "dumb", "XDG_STATE_HOME": folder.path],
            connect: { daemon.connected(at: $0) }, now: { Timestamp(seconds: 1_772_352_000) },
            randomBytes: { [UInt8](repeating: 0, count: $0) })
        let person = Person(terminal, answers: agrees ? "yes" : "no")
        let outcome = await CommandRunner.run(
            Almctl.self, ["offline-transfer", "activation", "--interactive"], in: environment)
        #expect(outcome.exitStatus == (agrees ? 0 : 1))
        #expect(daemon.calls(Calls.Release.self).count == (agrees ? 1 : 0))
        let seen = await person.seen
        #expect(seen.contains("All 4 lines are there."))
        // Questions between the lines of a paste would only be in the way.
        #expect(!seen.contains("Line 1: "))
    }
}

/// Who sits at a terminal, sees what is shown up to the question whether the key may leave, and answers.
private final class Person: Sendable {
    private let task: Task<String, Never>

    init(_ terminal: Terminal, answers answer: String) {
        // Ends with the question, or with the terminal.
        task = Task.detached {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    var seen = terminal.shown(until: "Give up the key? (")
                    seen += terminal.shown(until: ": ")
                    terminal.type("\(answer)\n")
                    continuation.resume(returning: seen)
                }
            }
        }
    }

    var seen: String { get async { await task.value } }
}
