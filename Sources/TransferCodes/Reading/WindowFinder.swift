/// Goes through the tokens of a text and finds the windows that begin at each.
struct WindowFinder {
    private let stream: TokenStream

    init(_ stream: TokenStream) {
        self.stream = stream
    }

    /// Where windows begin, and where those of 19, 20 and 21 symbols end.
    struct Start {
        /// The first token.
        var token: Int
        /// The first symbol.
        var symbol: Int
        /// The number in front, or 0.
        var label: Int
        /// Whether that number has run together with the first token.
        var isGlued: Bool
        /// For each of the three lengths the token behind the last one; 0 where no token ends there.
        var ends: (shorter: Int, right: Int, longer: Int)
    }

    /// Calls the body with all places where windows begin, in order; of one token first the one without a number that
    /// has run together with it.
    func forEachStart(_ body: (Start) -> Void) {
        let tokens = stream.tokens.span
        // The first token behind which a window that begins here may end; it only ever moves on.
        var (nearest, label) = (0, 0)
        for index in tokens.indices {
            let token = tokens[index]
            let front = label
            label = token.label
            guard token.count > 0 else { continue }
            nearest = max(nearest, index)
            let least = token.start &+ LineCode.printedCount &- 1
            while nearest < tokens.count, tokens[nearest].count > 0, tokens[nearest].end < least { nearest &+= 1 }
            guard nearest < tokens.count, tokens[nearest].count > 0 else { continue }
            if tokens[nearest].end &- token.start <= LineCode.printedCount + 1 {
                let ends = Self.ends(tokens, from: nearest, start: token.start)
                body(Start(token: index, symbol: token.start, label: front, isGlued: false, ends: ends))
            }
            if front == 0, Self.mayBeGlued(token), let glued = gluedStart(index, from: nearest) { body(glued) }
        }
    }

    /// The windows that begin behind a number that has run together with a token, if there are any.
    private func gluedStart(_ index: Int, from nearest: Int) -> Start? {
        let token = stream.tokens[index]
        guard Self.mayBeGlued(token) else { return nil }
        let digits = token.count - (token.count < LineCode.printedCount ? 5 : LineCode.printedCount)
        let number = TokenList.number(stream.symbols.span.extracting(token.start..<token.start + digits))
        guard number > 0 else { return nil }
        let start = token.start + digits
        let ends = Self.ends(stream.tokens.span, from: nearest, start: start)
        guard ends != (0, 0, 0) else { return nil }
        return Start(token: index, symbol: start, label: number, isGlued: true, ends: ends)
    }

    /// Whether a token is one or two symbols longer than a group, or than a line.
    private static func mayBeGlued(_ token: Token) -> Bool { 6...7 ~= token.count || 21...22 ~= token.count }

    private static func ends(
        _ tokens: Span<Token>, from nearest: Int, start: Int
    ) -> (shorter: Int, right: Int, longer: Int) {
        var ends = (shorter: 0, right: 0, longer: 0)
        var next = nearest
        while next < tokens.count, tokens[next].count > 0 {
            let length = tokens[next].end &- start
            next &+= 1
            switch length {
            case LineCode.printedCount - 1: ends.shorter = next
            case LineCode.printedCount: ends.right = next
            case LineCode.printedCount + 1: ends.longer = next
            case ..<LineCode.printedCount: continue
            default: return ends
            }
        }
        return ends
    }

    // MARK: - What the windows are

    /// The window that is right as it stands, if one is that begins here.
    func exact(_ start: Start) -> Scan.Exact? {
        guard start.ends.right > 0 else { return nil }
        let symbols = start.symbol..<start.symbol + LineCode.printedCount
        guard let (kind, line) = LineCode.recognise(stream.symbols, symbols),
            // The first symbol of a code is its kind once more.
            line > 1 || stream.symbols[start.symbol] == kind
        else { return nil }
        let window = window(start, end: start.ends.right, length: LineCode.printedCount)
        return window.isPlausible ? Scan.Exact(window: window, kind: kind, line: line) : nil
    }

    /// Calls the body with the windows that begin here and look like lines.
    func forEachLineLike(_ start: Start, _ body: (Window) -> Void) {
        forEachWindow(start) { end, length in
            // Without any of these there is at most one sign, and most windows of a text end here.
            let count = end - start.token
            guard count == 1 || count == 4 || start.label > 0 || stream.tokens[start.token].beginsTextLine else {
                return
            }
            let structure = structure(start, end: end, length: length)
            guard structure.mayBeLineLike else { return }
            let window = window(start, end: end, length: length, structure: structure)
            if window.isLineLike { body(window) }
        }
    }

    /// What there is to know of a token beside windows that are right.
    private struct Marks: OptionSet {
        let rawValue: UInt8

        /// One ends before it.
        static let isBehind = Marks(rawValue: 1)
        /// One begins with it.
        static let begins = Marks(rawValue: 2)
        /// One begins with its first symbol.
        static let isTaken = Marks(rawValue: 4)
        /// One begins behind a number that has run together with it.
        static let isGluedTaken = Marks(rawValue: 8)
        /// Another window that begins with it may end where one begins.
        static let isBefore = Marks(rawValue: 16)
    }

    /// The windows that look like lines only because they stand beside one that is right.
    func lineLike(beside exact: [Scan.Exact]) -> [Window] {
        let tokens = stream.tokens
        var marks = [Marks](repeating: [], count: tokens.count + 1)
        for window in exact.lazy.map(\.window) {
            let first = window.tokens.lowerBound
            let isGlued = window.symbols.lowerBound > tokens[first].start
            marks[window.tokens.upperBound].insert(.isBehind)
            marks[first].formUnion([.begins, isGlued ? .isGluedTaken : .isTaken])
            // A window of 21 symbols, and a number of two that has run together with it.
            let limit = LineCode.printedCount + 3
            var before = first
            while before > 0, tokens[before - 1].count > 0, tokens[first].start - tokens[before - 1].start <= limit {
                before -= 1
                marks[before].insert(.isBefore)
            }
        }
        var windows: [Window] = []
        for first in tokens.indices where !marks[first].isDisjoint(with: [.isBehind, .isBefore]) {
            forEachStart(at: first) { start in
                guard !marks[first].contains(start.isGlued ? .isGluedTaken : .isTaken) else { return }
                forEachWindow(start) { end, length in
                    guard marks[first].contains(.isBehind) || marks[end].contains(.begins) else { return }
                    var structure = structure(start, end: end, length: length)
                    // Those that need not stand beside it are found without it.
                    guard !structure.mayBeLineLike else { return }
                    structure.insert(.adjacent)
                    let window = window(start, end: end, length: length, structure: structure)
                    if window.isLineLike { windows.append(window) }
                }
            }
        }
        return windows
    }

    /// The places where windows begin at one token.
    private func forEachStart(at index: Int, _ body: (Start) -> Void) {
        let token = stream.tokens[index]
        guard token.count > 0 else { return }
        let label = index > 0 ? stream.tokens[index - 1].label : 0
        let ends = Self.ends(stream.tokens.span, from: index, start: token.start)
        body(Start(token: index, symbol: token.start, label: label, isGlued: false, ends: ends))
        if label == 0, let glued = gluedStart(index, from: index) { body(glued) }
    }

    private func forEachWindow(_ start: Start, _ body: (_ end: Int, _ length: Int) -> Void) {
        if start.ends.shorter > 0 { body(start.ends.shorter, LineCode.printedCount - 1) }
        if start.ends.right > 0 { body(start.ends.right, LineCode.printedCount) }
        if start.ends.longer > 0 { body(start.ends.longer, LineCode.printedCount + 1) }
    }

    // MARK: - Signs

    private func window(_ start: Start, end: Int, length: Int, structure: Window.Evidence? = nil) -> Window {
        var evidence = structure ?? self.structure(start, end: end, length: length)
        let symbols = start.symbol..<start.symbol + length
        // A digit, or where it is grouped a question mark: what comes before the letters.
        let limit: UInt8 = evidence.isDisjoint(with: [.label, .shape]) ? 0x3A : 0x41
        if stream.typed[symbols].contains(where: { $0 < limit }) { evidence.insert(.digit) }
        return Window(tokens: start.token..<end, symbols: symbols, label: start.label, evidence: evidence)
    }

    /// All that speaks for a window in the way it stands in the text, but for what stands beside it.
    private func structure(_ start: Start, end: Int, length: Int) -> Window.Evidence {
        let tokens = stream.tokens
        let first = start.label > 0 && !start.isGlued ? start.token - 1 : start.token
        var evidence: Window.Evidence = []
        if start.label > 0 {
            evidence.insert(.label)
            if tokens[first].announced > 0 { evidence.insert(.announced) }
        }
        if isShaped(start, end: end, length: length) {
            evidence.insert(.shape)
            if !start.isGlued, tokens[start.token].fives == 0 { evidence.insert(.row) }
        }
        if tokens[first].beginsTextLine, tokens[first].textLine == tokens[end - 1].textLine,
            end == tokens.count || tokens[end].beginsTextLine
        {
            evidence.insert(.ownTextLine)
        }
        if length == LineCode.printedCount {
            let block = stream.symbols(ofBlock: tokens[start.token].block)
            if block.count % LineCode.printedCount == 0, start.symbol + length <= block.upperBound,
                (start.symbol - block.lowerBound) % LineCode.printedCount == 0
            {
                evidence.insert(.block)
            }
        }
        return evidence
    }

    /// Whether the groups are as they are printed, all but one character more or less in a window of 19 or 21.
    private func isShaped(_ start: Start, end: Int, length: Int) -> Bool {
        if end - start.token == 1 { return true }
        guard end - start.token == 4 else { return false }
        var difference = 0
        for index in start.token..<end {
            let token = stream.tokens[index]
            difference += abs(token.end - max(token.start, start.symbol) - 5)
        }
        return difference == abs(length - LineCode.printedCount)
    }
}
