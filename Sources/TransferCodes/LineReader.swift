/// What is wrong with a typed line.
package enum LineFault: Sendable, Hashable {
    /// Nothing was typed.
    case empty
    /// So many characters were typed instead of 20.
    case length(Int)
    /// Too many characters are wrong or unreadable to put them right.
    case tooManyErrors
    /// It could be put right in more than one way.
    case ambiguous

    /// What is wrong, in lower case.
    package var message: String {
        switch self {
        case .empty: "nothing was typed"
        case .length(let count): "the line has \(count) characters; it should have \(LineCode.printedCount)"
        case .tooManyErrors: "too many characters are wrong or unreadable"
        case .ambiguous: "it could be put right in more than one way"
        }
    }
}

/// What a typed line turned out to be.
package enum LineVerdict: Sendable, Hashable {
    /// The line that was asked for, as it was printed.
    case exact(CodeLine)
    /// The line that was asked for, with something put right.
    case repaired(CodeLine, [Repair])
    /// A line of the right kind with another number; the line as it was printed, and what had to be put right for that.
    case wrongLine(actual: CodeLine, [Repair])
    /// A line of another kind; the line as it was printed, and what had to be put right for that.
    case wrongKind(actual: CodeLine, [Repair])
    /// No line.
    case unreadable(LineFault)
}

/// Checks lines one by one while somebody types them.
package enum LineReader {
    /// What the typed text is.
    ///
    /// - Parameters:
    ///   - typed: one line, in any of the forms that ``CodeReader`` takes, with or without its number.
    ///   - kind: the kind that is asked for, `nil` while any will do.
    ///   - line: the number that is asked for, `nil` if any will do; a number that was typed in front then counts.
    package static func check(_ typed: String, kind: CodeKind? = nil, line: Int? = nil) -> LineVerdict {
        check(typed, kinds: kind.map { [$0] } ?? CodeKind.allCases, line: line)
    }

    /// The same where one of several kinds will do.
    static func check(_ typed: String, kinds: [CodeKind], line: Int?) -> LineVerdict {
        let text = PlainText.utf8(Array(typed.utf8.prefix(maximumLength)))
        let plain = check(TokenStream(text, spoken: false), kinds, line)
        guard case .unreadable = plain else { return plain }
        let spoken = check(TokenStream(text, spoken: true), kinds, line)
        if case .unreadable = spoken { return plain }
        return spoken
    }

    /// How much of what was typed is looked at, in bytes: a line in words has about 150.
    package static let maximumLength = 4096

    private static func check(_ stream: TokenStream, _ kinds: [CodeKind], _ line: Int?) -> LineVerdict {
        guard !stream.symbols.isEmpty else { return .unreadable(.empty) }
        let windows = windows(stream)
        guard !windows.isEmpty else { return .unreadable(.length(stream.symbols.count)) }
        for window in windows {
            guard let (raw, number) = LineCode.recognise(stream.symbols, window.symbols),
                let actual = CodeKind(rawValue: raw), number <= actual.highestLineNumber
            else { continue }
            let codeLine = CodeLine(kind: actual, number: number, codeword: Array(stream.symbols[window.symbols]))
            if !kinds.contains(actual) { return .wrongKind(actual: codeLine, []) }
            if let line, number != line { return .wrongLine(actual: codeLine, []) }
            return .exact(codeLine)
        }
        let verdict = repaired(windows, stream, kinds, line)
        guard case .unreadable(.tooManyErrors) = verdict else { return verdict }
        // A line of another kind is named if hardly anything in it is wrong: with more, one in some hundred of whatever
        // is typed could be taken for one.
        let others = CodeKind.allCases.filter { !kinds.contains($0) }
        switch repaired(windows, stream, others, line) {
        case .repaired(let line, let repairs), .wrongLine(let line, let repairs):
            return repairs.count == 1 ? .wrongKind(actual: line, repairs) : verdict
        default: return verdict
        }
    }

    private static func repaired(
        _ windows: [Window], _ stream: TokenStream, _ kinds: [CodeKind], _ line: Int?
    ) -> LineVerdict {
        var best: (line: CodeLine, repairs: [Repair], cost: Int)?
        var isTied = false
        for window in windows {
            for candidate in kinds {
                guard let found = found(candidate, line, in: window, stream) else { continue }
                // What was asked for comes before everything else that could be meant.
                let cost = found.repairs.count + (line == nil || line == found.number ? 0 : 3)
                let codeLine = CodeLine(kind: candidate, number: found.number, codeword: found.codeword)
                if let current = best, current.cost <= cost {
                    if current.cost == cost, current.line != codeLine { isTied = true }
                } else {
                    best = (codeLine, found.repairs, cost)
                    isTied = false
                }
            }
        }
        guard let best else { return .unreadable(.tooManyErrors) }
        guard !isTied else { return .unreadable(.ambiguous) }
        if let line, best.line.number != line { return .wrongLine(actual: best.line, best.repairs) }
        return .repaired(best.line, best.repairs)
    }

    /// The line that was asked for, or else the one whose number was typed, or else whichever it is.
    private static func found(
        _ kind: CodeKind, _ line: Int?, in window: Window, _ stream: TokenStream
    ) -> FoundLine? {
        for number in [line, window.label > 0 ? window.label : nil].compactMap({ $0 }) {
            if let found = LineRepair.line(number, of: kind, in: window, of: stream) { return found }
        }
        guard let found = LineRepair.line(nil, of: kind, in: window, of: stream) else { return nil }
        // Among all numbers, one in ten lines with three wrong characters would pass for another line with two. So a
        // number that was said and is none of this line counts like a wrong character.
        let said = window.label > 0 ? window.label : line
        let isSaid = said == nil || found.number == said
        return isSaid || weight(found.repairs) + 2 <= LineCode.checkCount ? found : nil
    }

    /// Wrong characters count twice as much as those that could not be read.
    private static func weight(_ repairs: [Repair]) -> Int {
        repairs.reduce(0) { $0 + ($1.group == 0 ? 0 : $1.read == "?" ? 1 : 2) }
    }

    /// The typed characters, with and without a number in front, where that makes 19 to 21 of them.
    private static func windows(_ stream: TokenStream) -> [Window] {
        let lengths = (LineCode.printedCount - 1)...(LineCode.printedCount + 1)
        var windows: [Window] = []
        func add(from start: Int, firstToken: Int, label: Int) {
            guard lengths.contains(stream.symbols.count - start) else { return }
            windows.append(
                Window(
                    tokens: firstToken..<stream.tokens.count, symbols: start..<stream.symbols.count, label: label,
                    evidence: label > 0 ? .ownTextLine : []))
        }
        let label = stream.tokens.first?.label ?? 0
        if label > 0 { add(from: stream.tokens[0].end, firstToken: 1, label: label) }
        for digits in 1...2 {
            let glued = label == 0 ? TokenList.number(stream.symbols.span.extracting(first: digits)) : 0
            if glued > 0, stream.symbols.count == LineCode.printedCount + digits {
                add(from: digits, firstToken: 0, label: glued)
            }
        }
        add(from: 0, firstToken: 0, label: 0)
        return windows
    }
}
