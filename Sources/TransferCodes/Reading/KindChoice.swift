/// Decides which kind of code a text holds.
struct KindChoice {
    private let scan: Scan
    private let expected: CodeKind?
    private var assemblies: [Assembly] = []
    /// What the code, or the error, is of.
    private var subject: Assembly?

    /// The lines that were found of what is looked for, right or repaired; those that differ side by side.
    var readLines: [ReadLine] { subject?.readLines ?? [] }
    /// The whole code of another kind that stands where one of the expected kind belongs.
    private(set) var stray: TransferCode?

    /// How many lines of one kind were found at most, right or repaired.
    var foundCount: Int { assemblies.map(\.foundCount).max() ?? 0 }

    /// - Parameters:
    ///   - scan: the text.
    ///   - expected: the kind that is to be loaded, if that is known; either form of start code stands for both.
    init(_ scan: Scan, expected: CodeKind?) {
        self.scan = scan
        self.expected = expected
    }

    /// The code in the text.
    mutating func code() throws(CodeError) -> ReadCode {
        if let expected { return try expectedCode(expected) }
        return try anyCode()
    }

    // MARK: A kind is expected

    private mutating func expectedCode(_ expected: CodeKind) throws(CodeError) -> ReadCode {
        let starts: [CodeKind] = [.start, .shortStart]
        let kinds = starts.contains(expected) ? starts : [expected]
        let wanted = kinds.map { Assembly($0, from: scan) }
        assemblies = wanted
        let chosen = try only(wanted)
        let partial = wanted.max { weight($0) < weight($1) }
        subject = chosen ?? partial
        if let chosen, chosen.exactCount > 0 { return try chosen.result.get() }
        // One line of the wanted kind that is right makes the rest of its lines the matter.
        if chosen == nil, let partial, partial.exactCount > 0 { throw failure(partial) }

        let others = CodeKind.allCases.filter { !kinds.contains($0) }.map { Assembly($0, from: scan) }
        assemblies += others
        if let other = strongest(others), chosen.map({ isStronger(other, than: $0) }) ?? true {
            stray = try? other.result.get().code
            throw .wrongKind(found: other.kind, expected: expected)
        }
        if let chosen { return try chosen.result.get() }
        try refuseUnknownKind()
        if let partial, partial.foundCount > 0 { throw failure(partial) }
        throw nothing()
    }

    // MARK: Any kind will do

    private mutating func anyCode() throws(CodeError) -> ReadCode {
        // Lines that are right tell which kinds to look for; without any, all are tried.
        let seen = CodeKind.allCases.filter { kind in
            scan.exact.contains { $0.kind == kind.rawValue && !$0.isDoubtful }
        }
        assemblies = (seen.isEmpty ? CodeKind.allCases : seen).map { Assembly($0, from: scan) }
        let partial = assemblies.max { weight($0) < weight($1) }
        subject = partial
        if let chosen = try only(assemblies) {
            subject = chosen
            for other in assemblies where other.kind != chosen.kind && other.exactCount > 0 {
                throw .foreignLine(other.firstExactLine, of: other.kind)
            }
            return try chosen.result.get()
        }
        if let partial, partial.exactCount > 0 { throw failure(partial) }
        try refuseUnknownKind()
        if let partial, partial.foundCount > 0,
            assemblies.count(where: { $0.foundCount == partial.foundCount }) == 1, !isComplete(partial)
        {
            throw failure(partial)
        }
        throw nothing()
    }

    // MARK: Comparing

    /// The one code among these, `nil` if there is none.
    private func only(_ assemblies: [Assembly]) throws(CodeError) -> Assembly? {
        let codes = assemblies.filter(isComplete)
        let sure = codes.filter { $0.exactCount > 0 }
        if sure.count > 1 { throw .severalCodes(sure.map(\.kind)) }
        if let code = sure.first { return code }
        // Nothing was right as it stood. One that makes more of the text and has no more to put right in a line
        // than any other decides; otherwise it would be a guess.
        return codes.first { code in
            codes.allSatisfy { other in
                other.kind == code.kind
                    || code.foundCount >= other.foundCount
                        && code.repairCount * other.foundCount <= other.repairCount * code.foundCount
                        && (code.foundCount, code.repairCount) != (other.foundCount, other.repairCount)
            }
        }
    }

    /// A code of another kind that is there: complete, or at least with lines that are right.
    private func strongest(_ assemblies: [Assembly]) -> Assembly? {
        let complete = assemblies.filter(isComplete)
        if let code = complete.max(by: { weight($0) < weight($1) }) { return code }
        return assemblies.filter { $0.exactCount > 0 }.max { weight($0) < weight($1) }
    }

    private func isStronger(_ other: Assembly, than chosen: Assembly) -> Bool {
        other.exactCount > chosen.exactCount
            || other.foundCount >= chosen.foundCount && other.repairCount < chosen.repairCount
    }

    private func weight(_ assembly: Assembly) -> Int {
        assembly.exactCount * 2 * CodeKind.maximumLineCount + assembly.foundCount
    }

    private func isComplete(_ assembly: Assembly) -> Bool { (try? assembly.result.get()) != nil }

    // MARK: Nothing to choose

    private func failure(_ assembly: Assembly) -> CodeError {
        switch assembly.result {
        case .success: nothing()
        case .failure(let error): error
        }
    }

    private func nothing() -> CodeError {
        let unreadable = UnreadableLines(scan).numbersWithoutContext()
        return unreadable.isEmpty ? .nothingFound : .unreadable(lines: unreadable)
    }

    private func refuseUnknownKind() throws(CodeError) {
        let unknown = scan.exact.first {
            CodeKind(rawValue: $0.kind) == nil && $0.line == 1 && $0.window.isLineLike
        }
        if let unknown { throw .unknownKind(letter: Alphabet.character(unknown.kind)) }
    }
}
