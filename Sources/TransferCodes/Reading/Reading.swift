/// One way of looking at a text, and what came of it.
struct Reading {
    /// The code, or why there is none.
    private(set) var result: Result<ReadCode, CodeError>
    /// How many lines of a code were found, right or repaired.
    private var foundCount: Int

    /// Whether the code was found and nothing had to be put right.
    var isPerfect: Bool { (try? result.get())?.repairs.isEmpty ?? false }

    /// - Parameters:
    ///   - text: ASCII, from ``PlainText``.
    ///   - spoken: whether the words of the spelling alphabet stand for characters.
    ///   - expected: the kind that is to be loaded, if that is known.
    init(_ text: [UInt8], spoken: Bool, expected: CodeKind?) {
        let scan = Scan(text, spoken: spoken)
        let assemblies = CodeKind.allCases.map { Assembly($0, from: scan) }
        foundCount = assemblies.map(\.foundCount).max() ?? 0
        do throws(CodeError) {
            result = .success(try Self.choose(assemblies, scan, expected))
        } catch {
            result = .failure(error)
        }
    }

    /// Takes the other reading instead if it found the code with less to put right, or more lines of it.
    mutating func replace(ifBetter other: Reading) {
        switch (result, other.result) {
        case (.success(let mine), .success(let its)):
            if its.repairs.count < mine.repairs.count { self = other }
        case (.success, .failure): break
        case (.failure, .success): self = other
        case (.failure(let mine), .failure(let its)):
            if other.foundCount > foundCount || mine == .nothingFound && its != .nothingFound { self = other }
        }
    }

    private static func choose(
        _ assemblies: [Assembly], _ scan: Scan, _ expected: CodeKind?
    ) throws(CodeError) -> ReadCode {
        let wanted = assemblies.filter { expected == nil || isAlike($0.kind, expected) }
        if let chosen = try only(wanted) {
            guard let expected else {
                try refuseForeignLines(beside: chosen, assemblies)
                return try chosen.result.get()
            }
            let others = assemblies.filter { !isAlike($0.kind, expected) }
            guard chosen.exactCount == 0, let other = strongest(others), isStronger(other, than: chosen) else {
                return try chosen.result.get()
            }
            throw .wrongKind(found: other.kind, expected: expected)
        }
        // No code of a wanted kind. One of its lines makes the rest of them the matter; otherwise another kind does.
        if let partial = wanted.max(by: { weight($0) < weight($1) }), partial.exactCount > 0 {
            throw failure(partial)
        }
        if let expected, let other = strongest(assemblies.filter { !isAlike($0.kind, expected) }) {
            throw .wrongKind(found: other.kind, expected: expected)
        }
        if let unknown = scan.exact.first(where: {
            CodeKind(rawValue: $0.kind) == nil && $0.line == 1 && $0.window.isLineLike
        }) {
            throw .unknownKind(letter: Alphabet.character(unknown.kind))
        }
        if let partial = wanted.max(by: { weight($0) < weight($1) }), partial.foundCount > 0,
            expected != nil || isAlone(partial, wanted)
        {
            throw failure(partial)
        }
        let unreadable = UnreadableLines(scan).numbersWithoutContext()
        throw unreadable.isEmpty ? .nothingFound : .unreadable(lines: unreadable)
    }

    /// The one code among these, `nil` if there is none.
    private static func only(_ assemblies: [Assembly]) throws(CodeError) -> Assembly? {
        let codes = assemblies.filter(isComplete)
        let sure = codes.filter { $0.exactCount > 0 }
        if sure.count > 1 { throw .severalCodes(sure.map(\.kind)) }
        if let code = sure.first { return code }
        // Nothing was right as it stood: the least that has to be put right decides, if it does.
        guard let least = codes.map(\.repairCount).min() else { return nil }
        let best = codes.filter { $0.repairCount == least }
        return best.count == 1 ? best.first : nil
    }

    /// A code of another kind that is there: complete, or at least with lines that are right.
    private static func strongest(_ assemblies: [Assembly]) -> Assembly? {
        let complete = assemblies.filter(isComplete)
        if let code = complete.max(by: { weight($0) < weight($1) }) { return code }
        return assemblies.filter { $0.exactCount > 0 }.max { weight($0) < weight($1) }
    }

    private static func isStronger(_ a: Assembly, than b: Assembly) -> Bool {
        a.exactCount > b.exactCount || a.exactCount == b.exactCount && a.repairCount <= b.repairCount
    }

    private static func weight(_ assembly: Assembly) -> Int { assembly.exactCount * 32 + assembly.foundCount }

    private static func isAlone(_ assembly: Assembly, _ all: [Assembly]) -> Bool {
        all.count { $0.foundCount == assembly.foundCount } == 1
    }

    /// Lines of another kind beside a whole code, where nobody said which kind is meant.
    private static func refuseForeignLines(beside chosen: Assembly, _ all: [Assembly]) throws(CodeError) {
        for other in all where other.kind != chosen.kind && other.exactCount > 0 {
            throw .foreignLine(other.firstExactLine, of: other.kind)
        }
    }

    private static func failure(_ assembly: Assembly) -> CodeError {
        switch assembly.result {
        case .success: .nothingFound
        case .failure(let error): error
        }
    }

    private static func isComplete(_ assembly: Assembly) -> Bool { (try? assembly.result.get()) != nil }

    private static func isAlike(_ kind: CodeKind, _ expected: CodeKind?) -> Bool {
        kind == expected || [kind, expected].allSatisfy { $0 == .start || $0 == .shortStart }
    }
}
