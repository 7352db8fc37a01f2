import LicenceCommands
import Licensing

/// Where the passphrase of a signing key comes from: a file, or whoever sits at the terminal.
struct Passphrase {
    let environment: CommandEnvironment
    /// The file, where one was given.
    let file: String?

    /// The longest passphrase, in bytes.
    private static let longest = 1024
    /// How often a terminal is asked again.
    private static let attempts = 3

    /// A passphrase for a new key; nil where there is no file to read it from and nobody to ask.
    ///
    /// - Throws: `passphraseRefused` where the file holds none or what was typed twice differs.
    func new() throws -> Secret? {
        if let file { return try read(file) }
        guard environment.console.isInteractive else { return nil }
        for _ in 0..<Self.attempts {
            let first = try ask("Passphrase for the signing key: ")
            guard !first.isEmpty else {
                environment.note("an empty passphrase protects nothing\n")
                continue
            }
            let second = try ask("The same again: ")
            // Secrets compare in constant time.
            if Secret(first) == Secret(second) { return Secret(first) }
            environment.note("the two differ\n")
        }
        throw Self.refused("it was not typed twice alike")
    }

    /// The passphrase of a key that is there.
    ///
    /// - Throws: `passphraseRefused` where there is no file to read it from and nobody to ask.
    func existing() throws -> Secret {
        if let file { return try read(file) }
        guard environment.console.isInteractive else {
            throw Self.refused("the signing key is under one, and there is no terminal to ask at")
        }
        return Secret(try ask("Passphrase of the signing key: "))
    }

    private func ask(_ question: String) throws -> [UInt8] {
        guard let typed = try environment.console.readSecretLine(question) else { throw LicenceError(.cancelled) }
        return typed
    }

    /// The file's first line.
    private func read(_ path: String) throws -> Secret {
        let bytes = try InputFile.read(path: path, limit: Self.longest)
        var line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard !line.isEmpty else { throw Self.refused("the first line of \(path) is empty") }
        return Secret(Array(line))
    }

    private static func refused(_ reason: String) -> CommandError {
        CommandError(
            .passphraseRefused, "there is no passphrase: \(reason)",
            hint: "give a file with it by --passphrase-file, or run the command on a terminal",
            parameters: ["reason": reason])
    }
}
