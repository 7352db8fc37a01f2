package import Licensing
package import TransferCodes

extension LicenceError {
    /// What the reader of codes found wrong, by the names of the control interface.
    package init(_ error: CodeError) {
        let (code, named): (Code, [Parameter: String?]) =
            switch error {
            case .nothingFound: (.codeNotFound, [:])
            case .unreadable(let lines): (.codeUnreadable, [.lines: Self.list(lines)])
            case .missing(let lines): (.codeIncomplete, [.lines: Self.list(lines)])
            case .conflictingLines(let line): (.codeConflicting, [.line: String(line)])
            case .foreignLine(let line, let kind): (.codeConflicting, [.line: String(line), .kind: kind.name])
            case .severalCodes: (.codeConflicting, [:])
            case .wrongKind(let found, let expected):
                (.codeWrongKind, [.kind: found.name, .expected: expected.name])
            case .unknownKind: (.codeTooNew, [:])
            case .unknownVersion(let kind, let version):
                (.codeTooNew, [.kind: kind.name, .version: String(version)])
            case .flagsNotZero(let kind, _): (.codeTooNew, [.kind: kind.name])
            case .certificateLength, .invalidField: (.codeMalformed, [:])
            case .paddingNotZero(let kind): (.codeMalformed, [.kind: kind.name])
            case .checkFailed(let suspects): (.codeCheckFailed, [.suspects: Self.list(suspects)])
            case .tooLarge: (.codeTooLarge, [:])
            }
        self.init(code, named.merging([.reason: error.message, .command: error.hint]) { first, _ in first })
    }

    private static func list(_ numbers: [Int]) -> String {
        numbers.map(String.init).joined(separator: ", ")
    }
}
