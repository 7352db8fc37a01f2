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

    /// A code of the kind `found` was brought where one of the kind `expected` belongs.
    ///
    /// - Parameters:
    ///   - transfer: the transfer that it is of, where that is known.
    ///   - product: what the key is for, with its version, where that is known.
    package init(wrongKind found: CodeKind, expected: CodeKind, transfer: String?, product: String?) {
        let plain = LicenceError(CodeError.wrongKind(found: found, expected: expected))
        guard transfer != nil || product != nil else {
            self = plain
            return
        }
        let name = found.nameWithArticle
        let known = (transfer.map { " of transfer \($0)," } ?? "") + (product.map { " for \($0)," } ?? "")
        self.init(
            .codeWrongKind,
            [
                .kind: found.name, .expected: expected.name, .transfer: transfer,
                .reason: "this is \(name)\(known) not \(expected.nameWithArticle); it is to be loaded at the "
                    + "\(found.loadedAt.rawValue), with `\(found.command)`",
                .command: CodeError.wrongKind(found: found, expected: expected).hint,
            ])
    }

    /// The same error of a code that was put right here and there: perhaps wrongly, so that the lines are named in which
    /// it was.
    package func suspecting(_ repairs: [Repair]) -> LicenceError {
        repairs.suspects.isEmpty ? self : with(.suspects, Self.list(repairs.suspects))
    }

    private static func list(_ numbers: [Int]) -> String {
        numbers.map(String.init).joined(separator: ", ")
    }
}
