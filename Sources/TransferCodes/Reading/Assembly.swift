/// The lines of one kind that a text holds, put together.
struct Assembly {
    /// The kind that is looked for.
    let kind: CodeKind
    private let scan: Scan
    private var lines: [Int: FoundLine] = [:]
    /// Lines that stand against one of ``lines``, or against each other.
    private var rivals: [FoundLine] = []
    /// How many of the lines were right as they stood, and did not stand in prose.
    private(set) var exactCount = 0

    /// What came of it: the code, or why there is none.
    private(set) var result: Result<ReadCode, CodeError> = .failure(.nothingFound)

    /// How many lines were found, right or repaired.
    var foundCount: Int { lines.count }

    /// The lowest of these lines, 0 if there are none.
    private(set) var firstExactLine = 0

    /// All these lines; of a number that stands there more than once, each that differs.
    var readLines: [ReadLine] {
        (lines.sorted { $0.key < $1.key }.map(\.value) + rivals).map { found in
            ReadLine(
                line: CodeLine(kind: kind, number: found.number, codeword: found.codeword), repairs: found.repairs)
        }
    }

    /// How much had to be put right.
    var repairCount: Int { lines.values.reduce(0) { $0 + $1.repairs.count } }

    /// Puts the lines of this kind together.
    init(_ kind: CodeKind, from scan: Scan) {
        self.kind = kind
        self.scan = scan
        do throws(CodeError) {
            result = .success(try assemble())
        } catch {
            result = .failure(error)
        }
    }

    private mutating func assemble() throws(CodeError) -> ReadCode {
        try takeExactLines()
        if let count = try lineCount() {
            try takeRepairedLines(from: 1...count)
        } else {
            // The second line of a start code tells how many there are, so it is looked for first.
            try takeRepairedLines(from: 1...2)
            try takeRepairedLines(from: 1...(try lineCount() ?? kind.highestLineNumber))
        }
        try refuseConflicts()
        return try code()
    }

    // MARK: Lines that are right

    private mutating func takeExactLines() throws(CodeError) {
        var conflict: Int?
        for exact in scan.exact where exact.kind == kind.rawValue && exact.line <= kind.highestLineNumber {
            let codeword = Array(scan.stream.symbols[exact.window.symbols])
            let repairs = LineRepair.labelRepair(exact.line, exact.window).map { [$0] } ?? []
            let found = FoundLine(number: exact.line, window: exact.window, codeword: codeword, repairs: repairs)
            guard let other = lines[exact.line] else {
                lines[exact.line] = found
                continue
            }
            if other.codeword == codeword {
                if other.repairs.count > repairs.count { lines[exact.line] = found }
                continue
            }
            // A line amid prose, with nothing but a digit to speak for it, gives way to one that stands as lines do.
            switch (other.window.evidence == .digit, exact.isDoubtful) {
            case (true, false): lines[exact.line] = found
            case (false, true): continue
            default:
                // A hostile text is full of them.
                if rivals.count < LineLikeWindows.room { rivals.append(found) }
                conflict = min(conflict ?? exact.line, exact.line)
            }
        }
        let sure = lines.filter { $0.value.window.evidence != .digit }
        (exactCount, firstExactLine) = (sure.count, sure.keys.min() ?? 0)
        if let conflict { throw .conflictingLines(line: conflict) }
    }

    /// How many lines the code has, once the lines that tell are there.
    private func lineCount() throws(CodeError) -> Int? {
        if let first = lines[1] { _ = try CodeHeader(firstSymbols: Array(first.data)) }
        if let count = kind.lineCount { return count }
        guard let second = lines[2] else { return nil }
        let first = [UInt8](repeating: 0, count: LineCode.dataCount)
        return try CodeHeader.lineCount(kind: kind, symbols: first + second.data)
    }

    // MARK: Lines that are put right

    private mutating func takeRepairedLines(from range: ClosedRange<Int>) throws(CodeError) {
        let missing = range.filter { lines[$0] == nil }
        guard !missing.isEmpty else { return }
        var proposals: [Int: [FoundLine]] = [:]
        for window in scan.lineLike where !isTaken(window) {
            if let found = best(of: missing, for: window) { proposals[found.number, default: []].append(found) }
        }
        for number in missing {
            // A line with its number in front of it comes before one without.
            let all = proposals[number] ?? []
            let numbered = all.filter { $0.window.label == number }
            let candidates = numbered.isEmpty ? all : numbered
            guard let least = candidates.map({ Self.cost($0) }).min() else { continue }
            let cheapest = candidates.filter { Self.cost($0) == least && !isTaken($0.window) }
            guard let first = cheapest.first else { continue }
            guard cheapest.allSatisfy({ $0.codeword == first.codeword }) else {
                rivals += cheapest
                throw .conflictingLines(line: number)
            }
            lines[number] = first
        }
    }

    /// The missing line that the window can be put right to be: the one whose number stands in front of it, or
    /// else whichever its check group says.
    private func best(of missing: [Int], for window: Window) -> FoundLine? {
        if missing.contains(window.label),
            let found = LineRepair.line(window.label, of: kind, in: window, of: scan.stream)
        {
            return found
        }
        // Where only one line is missing, its number is known without standing there.
        let only = missing.count == 1 && window.label == 0 ? missing.first : nil
        guard let found = LineRepair.line(only, of: kind, in: window, of: scan.stream), missing.contains(found.number)
        else { return nil }
        return found
    }

    /// What was read wrongly weighs more than what was marked as unreadable: the mark says where.
    private static func cost(_ found: FoundLine) -> Int {
        found.repairs.reduce(0) { $0 + ($1.read == "?" ? 1 : 2) }
    }

    private func isTaken(_ window: Window) -> Bool {
        lines.values.contains { $0.window.symbols.overlaps(window.symbols) }
            || scan.isSure(anyOf: window.symbols)
    }

    /// A second copy of a line, with its number in front, that can be read only as something else.
    ///
    /// Twenty letters with a digit in front also stand in every large attachment of a mail: somewhere in a line of text
    /// they are a copy only where they are grouped, or somebody said "line".
    private mutating func refuseConflicts() throws(CodeError) {
        for window in scan.lineLike where window.evidence.contains([.label, .shape]) && !isTaken(window) {
            guard window.tokens.count == 4 || !window.evidence.isDisjoint(with: [.ownTextLine, .announced]) else {
                continue
            }
            guard let line = lines[window.label],
                let other = LineRepair.line(window.label, of: kind, in: window, of: scan.stream)
            else { continue }
            guard other.codeword == line.codeword else {
                rivals.append(other)
                throw .conflictingLines(line: window.label)
            }
        }
    }

    // MARK: The code

    private func code() throws(CodeError) -> ReadCode {
        let count = try lineCount() ?? max(2, lines.keys.max() ?? 0)
        if let extra = lines.keys.sorted().first(where: { $0 > count }) { throw .foreignLine(extra, of: kind) }
        let missing = (1...count).filter { lines[$0] == nil }
        guard missing.isEmpty else { throw try absence(of: missing) }
        let found = (1...count).compactMap { lines[$0] }
        let repairs = found.flatMap(\.repairs)
        let code = try TransferCode(dataSymbols: found.flatMap(\.data), repaired: repairs.suspects)
        return ReadCode(code: code, repairs: repairs)
    }

    /// Why lines are not there: a line of another code stands in their place, or they cannot be read, or they are
    /// really missing.
    private func absence(of missing: [Int]) throws(CodeError) -> CodeError {
        if lines.isEmpty { return .missing(lines: missing) }
        for exact in scan.exact where exact.kind != kind.rawValue && !exact.isDoubtful {
            guard let other = CodeKind(rawValue: exact.kind), missing.contains(exact.line) else { continue }
            return .foreignLine(exact.line, of: other)
        }
        let unreadable = UnreadableLines(scan).numbers(missing: missing, found: lines)
        return unreadable.isEmpty ? .missing(lines: missing) : .unreadable(lines: unreadable)
    }
}
