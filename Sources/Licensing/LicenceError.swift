/// What the product refuses or fails to do, and what a person can do about it.
///
/// An error is a code with named parameters. Its two sentences are made from the code's texts
/// (`LicenceError+Texts.swift`), so that an error that crossed a cable or a socket reads the same on both sides, and a
/// device can't put words into the program's mouth.
package struct LicenceError: Error, Sendable, Equatable {
    /// What went wrong; the name by which programs tell errors apart.
    package let code: Code

    /// What it is about: the values of the places that the texts leave open.
    package let parameters: [Parameter: String]

    /// The error as a person reads it: what was refused and why, in lower case, naming the object.
    package var message: String { filled(texts.message) }

    /// The two sentences, with their open places.
    private var texts: (message: String, hint: String) {
        guard let variant = parameters[.kind].flatMap(Variant.init), variant.code == code else { return code.texts }
        return variant.texts
    }

    /// Who has to act, and the next command. Where a code was refused after lines of it had been repaired, those lines
    /// are named as the suspects.
    package var hint: String {
        // The code's own check names them itself.
        guard code != .codeCheckFailed, let lines = parameters[.suspects] else { return filled(texts.hint) }
        return "line \(lines) had to be repaired: compare it with the original first; " + filled(texts.hint)
    }

    /// An error of `code`; a value that is nil leaves its parameter out.
    package init(_ code: Code, _ parameters: [Parameter: String?] = [:]) {
        self.code = code
        self.parameters = parameters.compactMapValues { $0 }.mapValues(Self.printable)
    }

    /// The same error with one more parameter, or another value for one it has.
    package func with(_ parameter: Parameter, _ value: String?) -> LicenceError {
        var extended: [Parameter: String?] = parameters
        if let value { extended[parameter] = value }
        return LicenceError(code, extended)
    }

    /// Puts the parameters into the places that a text leaves open for them, in braces.
    private func filled(_ text: String) -> String {
        var filled = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            filled += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            filled += Parameter(rawValue: name).map { parameters[$0] ?? $0.unknown } ?? ""
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }

    /// At most 512 characters, none of which could move a terminal's cursor.
    private static func printable(_ value: String) -> String {
        String(String.UnicodeScalarView(value.unicodeScalars.prefix(512).map { $0.isPrintable ? $0 : "\u{FFFD}" }))
    }
}

extension LicenceError: CustomStringConvertible {
    package var description: String { "\(code.rawValue): \(message)" }
}

extension LicenceError {
    /// The named values that an error may carry.
    package enum Parameter: String, Sendable, CaseIterable, Comparable {
        case licence, product, transfer, vendor, location, serial, line, kind, expected, command
        case since, until, path, pid, reason, detail, holder, capacity, version, suspects, lines

        /// What the texts say where the value is not known.
        var unknown: String { "(unknown \(rawValue))" }

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }
}

extension Unicode.Scalar {
    /// Whether the scalar is a letter, mark, number, sign or plain space, and so can't steer a terminal or reorder text.
    package var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: self == " "
        default: true
        }
    }
}
