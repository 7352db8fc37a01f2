import Foundation
package import Licensing

/// What a command finds around itself: handed in, so that a test can stand in for all of it.
package struct CommandEnvironment: Sendable {
    /// Where it reads and writes.
    package var console: any Console
    /// The environment variables.
    package var variables: [String: String]
    /// How it reaches the daemon that listens at a path.
    package var connect: @Sendable (String) async throws -> any DaemonConnection
    /// The clock of the machine.
    package var now: @Sendable () -> Timestamp
    /// So many bytes that nobody can guess.
    package var randomBytes: @Sendable (Int) -> [UInt8]
    /// The files in which the system tells about itself.
    package var system: SystemTree
    /// How long `doctor` waits for the daemon's answer, which takes as long as the slowest dongle and reading the store.
    package var diagnosisTime: Duration

    package init(
        console: any Console, variables: [String: String],
        connect: @escaping @Sendable (String) async throws -> any DaemonConnection,
        now: @escaping @Sendable () -> Timestamp, randomBytes: @escaping @Sendable (Int) -> [UInt8],
        system: SystemTree = SystemTree(), diagnosisTime: Duration = .seconds(30)
    ) {
        (self.console, self.variables, self.connect) = (console, variables, connect)
        (self.now, self.randomBytes, self.system) = (now, randomBytes, system)
        self.diagnosisTime = diagnosisTime
    }

    /// The clock of this process's machine.
    package static let systemClock: @Sendable () -> Timestamp = {
        Timestamp(seconds: UInt64(exactly: Date().timeIntervalSince1970.rounded(.down)) ?? 0)
    }

    /// The kernel's random numbers.
    package static let systemRandom: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Whether a terminal shows what stands under what: not one that says it is `dumb`, as those do that are read to
    /// somebody.
    package var showsPlaces: Bool { variables["TERM"] != "dumb" }

    /// Whether a terminal may be sent escape sequences: not a `dumb` one, and not where `NO_COLOR` (no-color.org) is set.
    package var drawsInColour: Bool { showsPlaces && variables["NO_COLOR", default: ""].isEmpty }

    /// Writes lines for a person to standard output. Whatever could steer a terminal is shown as a replacement
    /// character: names in certificates and from dongles are strangers' words.
    package func say(_ text: String) throws(CommandError) {
        try console.write(PlainOutput.cleaned(text))
    }

    /// Writes a paragraph for a person to standard output, in lines that fit.
    package func say(paragraph text: String) throws(CommandError) {
        try say(PlainOutput.wrapped(text))
    }

    /// Writes a picture of this program's own making to standard output, with the escape sequences that are in it.
    package func draw(_ text: String) throws(CommandError) {
        try console.write(text)
    }

    /// Writes lines for a person to standard error.
    package func note(_ text: String) {
        console.writeError(PlainOutput.cleaned(text))
    }

    /// Writes a paragraph for a person to standard error, in lines that fit.
    package func note(paragraph text: String) {
        note(PlainOutput.wrapped(text))
    }

    /// Writes a value for a program to standard output.
    ///
    /// - Parameter onOneLine: without line ends inside, for streams of values.
    package func emit(_ value: some Encodable, onOneLine: Bool = false) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            onOneLine
            ? [.sortedKeys, .withoutEscapingSlashes]
            : [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        try console.write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
    }
}
