import Foundation
import Testing
import TransferCodes

/// The wizard as two people use it: at terminals of 80 columns, with codes that are typed off the other's screen, wrongly.
struct WizardTests {
    /// One person, at one of the machines.
    private struct Person {
        let machine: Machine
        let folder: String
        let terminal: String
        var screens: [TerminalSession] = []

        /// Begins the wizard at the terminal.
        mutating func sitsDown() throws -> TerminalSession {
            let session = try TerminalSession(
                Products.path("almctl"), ["offline-transfer"],
                environment: [
                    "TERM": terminal, "ALMD_SOCKET": machine.socket,
                    "XDG_STATE_HOME": "\(folder)/\(machine.name).state",
                    "PATH": "/usr/bin:/bin",
                ])
            screens.append(session)
            return session
        }
    }

    /// Has the code shown on the screen, and reads it off there.
    private func readsOff(_ kind: CodeKind, _ session: TerminalSession) async throws -> PrintedCode {
        try await session.answers("Way (1 to ", "2")
        try await session.answers("Another way, too?", "")
        #expect(await session.status() == 0)
        return PrintedCode(try CodeReader.read(session.screen, expecting: kind).code)
    }

    /// Types the lines that are asked for until the entry has all of them; the number of each is what it asks for.
    private func types(_ lines: some Sequence<String>, into session: TerminalSession) async throws {
        for line in lines { try await session.answers("Line ", line) }
    }

    private func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }

    private func mistyped(_ code: PrintedCode) -> [String] {
        lines(Typing.twoWrongCharacters(code.lines.joined(separator: "\n")))
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["dumb", "xterm"])
    func movesTheKeyThroughTwoTerminals(terminal: String) async throws {
        let workshop = try await Workshop()
        let licence = workshop.licences[0]
        let machines = (
            try await workshop.machine("source", holding: [licence]), try await workshop.machine("target")
        )
        var source = Person(machine: machines.0, folder: workshop.folder, terminal: terminal)
        var target = Person(machine: machines.1, folder: workshop.folder, terminal: terminal)

        // Step 1, at the source.
        var session = try source.sitsDown()
        try await session.answers("Step (1 to 4)", "1")
        try await session.sees("  1  \(licence), DIGSI 5 Premium V9.60, single, in local")
        try await session.answers("Key (", "1")
        let start = try await readsOff(.start, session)

        // Step 2, at the target. In the middle of a line of the start code, Ctrl-C.
        session = try target.sitsDown()
        try await session.answers("Step (1 to 4)", "2")
        let typed = mistyped(start)
        try #require(typed.count > 8)
        try await types(typed[1...3].reversed(), into: session)
        // Seven characters that can't be read are two more than can be put right.
        try await types(["1 ??????? \(start.code.codeLines[0].compactText.dropFirst(7))"], into: session)
        try await session.sees("That is not line 1: too many characters are wrong or unreadable.")
        try await types([typed[0]], into: session)
        try await session.isAsked("Line 5")
        session.type(String(typed[4].prefix(9)))
        try await session.sees(String(typed[4].prefix(9)))
        session.type("\u{03}")
        #expect(await session.status() == 128 + SIGINT)

        // Taken up again.
        session = try target.sitsDown()
        try await session.sees("a start code is begun: 4 of \(typed.count) lines typed")
        try await session.answers("Step (1 to 4)", "2")
        try await session.sees("Kept from before: 4 of \(typed.count) lines.")
        try await types(typed[4...], into: session)
        try await session.sees("All \(typed.count) lines are there.")
        try await session.answers("Location (Enter: local", "")
        try await session.sees("Fingerprint: ")
        let request = try await readsOff(.request, session)
        let shown = try #require(session.screen.firstMatch(of: /Fingerprint: (\S{14})\n/)).1

        // Step 3, at the source, from the list of what is under way; with the wrong code first.
        session = try source.sitsDown()
        try await session.answers("Step (1 to 4); or a transfer, by its letter or name", "a")
        try await session.answers("Choice (1 to 3)", "1")
        try await types(start.lines, into: session)
        try await session.sees("for DIGSI 5 Premium V9.60, not a request code;")
        try await types(mistyped(request), into: session)
        try await session.answers("Give up the key? (yes, no, or the fingerprint)", "7K3M-Q2V9-DX0H")
        try await session.sees("is not the fingerprint of this request")
        try await session.answers("Give up the key? (yes, no, or the fingerprint)", shown.lowercased())
        try await session.sees("The key has left local.")
        let activation = try await readsOff(.activation, session)

        // Step 4, at the target, and the receipt.
        session = try target.sitsDown()
        try await session.answers("Step (1 to 4); or a transfer, by its letter or name", "a")
        try await session.answers("Choice (1 to 3)", "1")
        try await types(mistyped(activation).reversed(), into: session)
        try await session.sees("licence \(licence) (DIGSI 5 Premium V9.60) is active in local")
        try await session.answers("Make the receipt code? (yes or no)", "yes")
        let receipt = try await readsOff(.receipt, session)

        // And the source closes its books.
        session = try source.sitsDown()
        try await session.answers("Step (1 to 4); or a transfer, by its letter or name", "a")
        try await session.answers("Choice (1 to 3)", "2")
        try await types(mistyped(receipt), into: session)
        try await session.sees("is closed: licence \(licence) arrived")
        #expect(await session.status() == 0)

        #expect(try await target.machine.state(of: licence) == "HELD")
        #expect(try await source.machine.keys().isEmpty)
        for session in source.screens + target.screens {
            let screen = session.screen
            #expect(terminal != "dumb" || !screen.contains("\u{1B}"))
            for line in screen.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        }
        // Nothing that was typed is left behind.
        for machine in [source.machine.name, target.machine.name] {
            let left =
                (try? FileManager.default.contentsOfDirectory(atPath: "\(workshop.folder)/\(machine).state/almd"))
            #expect(left ?? [] == [])
        }
    }
}
