import Control
import Licensing

/// An error as commands show it, wherever it came from.
package struct ErrorReport: Sendable, Equatable {
    package let name, message, hint: String
    /// The named values it is about.
    package let parameters: [String: String]
    /// What the process ends with: 1 refused or failed, 2 wrong usage, 126 and 127 as `env` gives them for a command
    /// that can't be started.
    package let exitStatus: Int32

    /// The report of any error; one of an unknown kind is named `unrecognised`.
    package init(_ error: any Error) {
        if let error = error as? CommandError {
            (name, message, hint) = (error.name.rawValue, error.message, error.hint)
            (parameters, exitStatus) = (error.parameters, error.exitStatus)
            return
        }
        let error = error as? LicenceError ?? LicenceError(.unrecognised, [.detail: "\(error)"])
        (name, message, hint) = (error.code.rawValue, error.message, error.hint)
        parameters = Dictionary(uniqueKeysWithValues: error.parameters.map { ($0.rawValue, $1) })
        exitStatus = error.code.exitStatus
    }

    /// The lines for a person.
    package var text: String { "error: \(message)\nhint: \(hint)\n" }

    /// The same lines, none longer than a terminal is wide.
    package var wrappedText: String { PlainOutput.wrapped("error: \(message)") + PlainOutput.wrapped("hint: \(hint)") }
}

extension ErrorReport: Encodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// `{"error": {"name", "message", "hint", …}}`, the named values beside the three.
    package func encode(to encoder: any Encoder) throws {
        var outer = encoder.container(keyedBy: Key.self)
        var inner = outer.nestedContainer(keyedBy: Key.self, forKey: Key(stringValue: "error"))
        for (name, value) in parameters { try inner.encode(value, forKey: Key(stringValue: name)) }
        try inner.encode(name, forKey: Key(stringValue: "name"))
        try inner.encode(message, forKey: Key(stringValue: "message"))
        try inner.encode(hint, forKey: Key(stringValue: "hint"))
    }
}
