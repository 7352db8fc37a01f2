import Glibc
import TestKit
import Testing

@testable import LicenceCommands

/// A terminal, with the person's side of it.
final class Terminal: Sendable {
    /// What a program has as its terminal.
    let side: Int32
    private let person: Int32

    init() throws {
        let terminal = try PseudoTerminal()
        person = terminal.person
        side = open(terminal.path, O_RDWR | O_NOCTTY)
        try #require(side >= 0)
    }

    deinit {
        close(side)
        close(person)
    }

    var echoes: Bool {
        var settings = termios()
        return tcgetattr(side, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    func type(_ text: String) {
        _ = FileBytes.write(Array(text.utf8), to: person)
    }

    /// The next `count` bytes that the person sees.
    func shown(_ count: Int) -> [UInt8] {
        (0..<count).compactMap { _ in
            if case .byte(let byte) = FileBytes.readByte(from: person) { byte } else { nil }
        }
    }

    /// What the person sees from now on, until `text` is the end of it.
    func shown(until text: String) -> String {
        var (seen, wanted): ([UInt8], _) = ([], Array(text.utf8))
        while seen.suffix(wanted.count) != wanted[...] {
            guard case .byte(let byte) = FileBytes.readByte(from: person) else { break }
            seen.append(byte)
        }
        return String(decoding: seen, as: UTF8.self)
    }
}
