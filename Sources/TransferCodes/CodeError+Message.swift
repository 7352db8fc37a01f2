extension CodeError: CustomStringConvertible {
    /// The same as ``message``.
    package var description: String { message }

    /// A stable identifier of the case, for tables and tests.
    package var code: String {
        switch self {
        case .nothingFound: "nothing-found"
        case .unreadable: "unreadable"
        case .missing: "missing"
        case .conflictingLines: "conflicting-lines"
        case .foreignLine: "foreign-line"
        case .severalCodes: "several-codes"
        case .wrongKind: "wrong-kind"
        case .unknownKind: "unknown-kind"
        case .unknownVersion: "unknown-version"
        case .flagsNotZero: "flags-not-zero"
        case .certificateLength: "certificate-length"
        case .checkFailed: "check-failed"
        case .paddingNotZero: "padding-not-zero"
        case .tooLarge: "too-large"
        case .invalidField: "invalid-field"
        }
    }

    /// What is wrong, in lower case, naming the object.
    package var message: String {
        switch self {
        case .nothingFound:
            "no line of a code was found in the text"
        case .unreadable(let lines):
            "\(Self.lines(lines)) cannot be read: too many characters are wrong or missing"
        case .missing(let lines):
            "\(Self.lines(lines)) \(lines.count == 1 ? "is" : "are") missing"
        case .conflictingLines(let line):
            "line \(line) is there more than once, and differs"
        case .foreignLine(let line, let kind):
            "line \(line) of \(kind.nameWithArticle) is there, which does not belong to the other lines"
        case .severalCodes(let kinds):
            "the text holds more than one code: \(kinds.map(\.nameWithArticle).joined(separator: ", "))"
        case .wrongKind(let found, let expected):
            "this is \(found.nameWithArticle), not \(expected.nameWithArticle); it is to be loaded at the "
                + "\(found.loadedAt.rawValue), with `\(found.command)`"
        case .unknownKind(let letter):
            "the code begins with \(letter), which is no kind of code known here"
        case .unknownVersion(let kind, let version):
            "the \(kind.name) is of version \(version); version 1 is known here"
        case .flagsNotZero(let kind, let flags):
            "the \(kind.name) has flags (\(flags)), which it cannot have in version 1"
        case .certificateLength(let length):
            "the start code says that its certificate has \(length) bytes; it has 1 to "
                + "\(StartCode.maximumCertificateLength)"
        case .checkFailed(let suspects):
            suspects.isEmpty
                ? "the start code's check fails, though every line is right in itself"
                : "the start code's check fails; \(Self.lines(suspects)) had to be repaired and may be wrong"
        case .paddingNotZero(let kind):
            "the \(kind.name) has something after its last field"
        case .tooLarge(let count):
            "the text has \(count) bytes; a code is looked for in at most \(CodeReader.maximumLength)"
        case .invalidField(let kind, let field):
            "the \(field.rawValue) of \(kind.nameWithArticle) has the wrong size"
        }
    }

    /// What to do next, and who.
    package var hint: String {
        switch self {
        case .nothingFound:
            "load the file or paste the lines that the other side printed, all of them"
        case .unreadable(let lines):
            "compare \(Self.lines(lines)) with the original and type it again; put ? for a character nobody can read"
        case .missing(let lines):
            "add \(Self.lines(lines)) from the original, or ask the other side to print the code again"
        case .conflictingLines(let line):
            "leave only the lines of one code in the text, with line \(line) once"
        case .foreignLine(let line, let kind):
            "take line \(line) of the \(kind.name) out, and look whether a line of the right code stands in its place"
        case .severalCodes:
            "load one code at a time"
        case .wrongKind(let found, let expected):
            found.loadedAt == expected.loadedAt
                ? "load it with that command; this one takes the \(expected.name)"
                : "carry it to the \(found.loadedAt.rawValue); here, load the \(expected.name)"
        case .unknownKind, .unknownVersion, .flagsNotZero:
            "the other side is newer: update the software on this machine, then load the code again"
        case .certificateLength, .paddingNotZero:
            "ask the other side to print the code again; if it is the same, its software is at fault"
        case .checkFailed(let suspects):
            suspects.isEmpty
                ? "see that all lines come from one and the same print; ask the other side to print the code again"
                : "compare \(Self.lines(suspects)) with the original, character by character"
        case .tooLarge:
            "give only the lines of the code"
        case .invalidField:
            "this is a fault of the software that makes the code; report it"
        }
    }

    /// "line 2", "lines 2 and 3", "lines 2, 3 and 7".
    private static func lines(_ numbers: [Int]) -> String {
        guard let last = numbers.last, numbers.count > 1 else {
            return "line \(numbers.first.map(String.init) ?? "?")"
        }
        return "lines \(numbers.dropLast().map(String.init).joined(separator: ", ")) and \(last)"
    }
}
