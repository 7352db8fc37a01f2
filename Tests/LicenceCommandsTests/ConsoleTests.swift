import Foundation
import Glibc
import Licensing
import Testing

@testable import LicenceCommands

/// The console of a process, over pipes and a terminal.
@Suite struct ConsoleTests {
    /// What is typed leads to this line, or to what is said.
    @Test(arguments: [
        ("secret\n", "secret", SecretLine.Effect.done), ("secret\r", "secret", .done), ("a\u{7F}b\n", "b", .done),
        ("ü\u{08}u\n", "u", .done), ("\u{7F}\u{7F}x\n", "x", .done), ("wrong\u{15}right\n", "right", .done),
        ("abc\u{03}", "abc", .interrupted), ("\u{04}", "", .end), ("ab\u{04}\n", "ab", .done),
    ])
    func understandsTheKeys(typed: String, line: String, effect: SecretLine.Effect) {
        var secret = SecretLine()
        var last = SecretLine.Effect.more
        for byte in typed.utf8 {
            #expect(last == .more)
            last = secret.type(byte)
        }
        #expect(last == effect)
        #expect(secret.bytes == Array(line.utf8))
    }

    @Test func boundsASecretLine() {
        var secret = SecretLine()
        for _ in 0..<SecretLine.longest { #expect(secret.type(0x78) == .more) }
        #expect(secret.type(0x78) == .tooLong)
    }

    @Test func readsLinesFromAPipe() throws {
        let pipe = try PipeEnds()
        pipe.write("one\r\ntwo\n\nlast")
        pipe.closeWriting()
        let console = StandardConsole(input: pipe.reading, output: -1, errors: -1)
        #expect(try console.readLine() == "one")
        #expect(try console.readLine() == "two")
        #expect(try console.readLine() == "")
        #expect(try console.readLine() == "last")
        #expect(try console.readLine() == nil)
        #expect(!console.isInteractive)
        #expect(throws: CommandError.self) { try console.readSecretLine("Secret: ") }
    }

    @Test func readsTheRestAfterALine() throws {
        let pipe = try PipeEnds()
        pipe.write("line\nrest\n")
        pipe.closeWriting()
        let console = StandardConsole(input: pipe.reading, output: -1, errors: -1)
        #expect(try console.readLine() == "line")
        #expect(try console.readAll(limit: 100) == Array("rest\n".utf8))
    }

    @Test func reportsAReaderThatIsGone() throws {
        _ = signal(SIGPIPE, SIG_IGN)
        let pipe = try PipeEnds()
        pipe.closeReading()
        let console = StandardConsole(input: -1, output: pipe.writing, errors: -1)
        #expect(throws: CommandError.standardOutputFailed("Broken pipe")) { try console.write("text") }
    }

    /// A terminal that shows what is typed must not show a passphrase, and shows again what is typed after it.
    @Test func showsNothingOfASecretOnATerminal() throws {
        let terminal = try Terminal()
        let console = StandardConsole(input: terminal.side, output: terminal.side, errors: terminal.side)
        #expect(console.isInteractive)
        #expect(terminal.echoes)
        let typing = Thread {
            // What is typed as soon as the question is there is taken, and not shown.
            terminal.type(terminal.shown(8) == Array("Secret: ".utf8) ? "secret\n" : "\u{03}")
        }
        typing.start()
        #expect(try console.readSecretLine("Secret: ") == Array("secret".utf8))
        #expect(terminal.echoes)
        #expect(terminal.shown(2) == Array("\r\n".utf8))
    }

    /// What was pasted stands there at once, and what is left of it can be dropped.
    @Test func knowsWhatWasTypedAhead() throws {
        let terminal = try Terminal()
        let console = StandardConsole(input: terminal.side, output: terminal.side, errors: terminal.side)
        #expect(!console.hasInputWaiting)
        terminal.type("one\ntwo\nthree\n")
        // The terminal shows what it has taken in.
        _ = terminal.shown(until: "three\r\n")
        #expect(console.hasInputWaiting)
        #expect(try console.readLine() == "one")
        #expect(console.hasInputWaiting)
        console.dropTypedAhead()
        #expect(!console.hasInputWaiting)
        terminal.type("four\n")
        #expect(try console.readLine() == "four")
        #expect(!console.hasInputWaiting)
    }

    @Test func putsTheTerminalRightAfterCtrlC() throws {
        let terminal = try Terminal()
        let console = StandardConsole(input: terminal.side, output: terminal.side, errors: terminal.side)
        let typing = Thread {
            _ = terminal.shown(8)
            terminal.type("sec\u{03}")
        }
        typing.start()
        #expect(throws: LicenceError(.cancelled)) {
            try console.readSecretLine("Secret: ")
        }
        #expect(terminal.echoes)
    }
}

/// A pipe whose ends are closed with it.
private final class PipeEnds {
    let reading, writing: Int32
    private var open: Set<Int32>

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        (reading, writing) = (ends[0], ends[1])
        open = Set(ends)
    }

    deinit { for end in open { _ = close(end) } }

    func write(_ text: String) {
        #expect(FileBytes.write(Array(text.utf8), to: writing) == nil)
    }

    func closeWriting() {
        if open.remove(writing) != nil { close(writing) }
    }

    func closeReading() {
        if open.remove(reading) != nil { close(reading) }
    }
}
