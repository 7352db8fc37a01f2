/// All windows of a text that are worth looking at.
///
/// The work is linear in the text: from each token at most three windows begin, of 19, 20 and 21 symbols.
struct Scan {
    /// A window whose check group is exactly right for one line of one kind.
    struct Exact {
        var window: Window
        var kind: UInt8
        var line: Int
    }

    /// The text.
    let stream: TokenStream
    /// The windows that are right as they stand.
    private(set) var exact: [Exact] = []
    /// The windows that look like lines but are none as they stand, at most ``maximumLineLike``.
    private(set) var lineLike: [Window] = []

    /// How many line-like windows are kept for repair: a text with more is none that a person sends, and the
    /// work of trying them has to end.
    static let maximumLineLike = 512

    private let rowPlaces: [UInt8]
    private let blocks: [Range<Int>]

    /// Finds the windows of a text.
    init(_ stream: TokenStream) {
        self.stream = stream
        rowPlaces = Self.rowPlaces(stream.tokens)
        blocks = Self.blocks(stream.tokens)
        forEachWindow { scan, window in
            guard window.symbols.count == LineCode.printedCount, window.isPlausible,
                let (kind, line) = LineCode.recognise(scan.stream.symbols[window.symbols])
            else { return }
            // The first symbol of a code is its kind once more.
            guard line > 1 || scan.stream.symbols[window.symbols.lowerBound] == kind else { return }
            scan.exact.append(Exact(window: window, kind: kind, line: line))
        }
        let starts = Set(exact.map(\.window.tokens.lowerBound))
        let ends = Set(exact.map(\.window.tokens.upperBound))
        let taken = Set(exact.map(\.window.symbols.lowerBound))
        forEachWindow { scan, window in
            guard scan.lineLike.count < Self.maximumLineLike, !taken.contains(window.symbols.lowerBound) else {
                return
            }
            var window = window
            if ends.contains(window.tokens.lowerBound) || starts.contains(window.tokens.upperBound) {
                window.evidence.insert(.adjacent)
            }
            if window.isLineLike { scan.lineLike.append(window) }
        }
    }

    /// Calls the body with each window of 19, 20 or 21 symbols, in order of their first symbols.
    private mutating func forEachWindow(_ body: (inout Scan, Window) -> Void) {
        for index in stream.tokens.indices where stream.tokens[index].count > 0 {
            let token = stream.tokens[index]
            let label = label(at: index - 1)
            windows(from: index, skipping: 0, label: label, body)
            guard label == 0 else { continue }
            // A number that has run together with the characters behind it.
            for digits in 1...2 where [5 + digits, LineCode.printedCount + digits].contains(token.count) {
                let number = Self.number(stream.symbols[token.start..<token.start + digits])
                if number > 0 { windows(from: index, skipping: digits, label: number, body) }
            }
        }
    }

    private mutating func windows(
        from first: Int, skipping skip: Int, label: Int, _ body: (inout Scan, Window) -> Void
    ) {
        let start = stream.tokens[first].start + skip
        var end = first
        while end < stream.tokens.count, stream.tokens[end].count > 0 {
            let length = stream.tokens[end].end - start
            guard length <= LineCode.printedCount + 1 else { return }
            end += 1
            guard length >= LineCode.printedCount - 1 else { continue }
            let window = window(first..<end, symbols: start..<start + length, label: label, isGlued: skip > 0)
            body(&self, window)
        }
    }

    private func window(_ tokens: Range<Int>, symbols: Range<Int>, label: Int, isGlued: Bool) -> Window {
        let labelToken = label > 0 && !isGlued ? tokens.lowerBound - 1 : tokens.lowerBound
        let begins = beginsTextLine(labelToken)
        var evidence: Window.Evidence = []
        if label > 0 {
            evidence.insert(.label)
            if stream.tokens[labelToken].announced > 0 { evidence.insert(.announced) }
        }
        if isShaped(tokens, skip: symbols.lowerBound - stream.tokens[tokens.lowerBound].start, count: symbols.count) {
            evidence.insert(.shape)
            if !isGlued, rowPlaces[tokens.lowerBound] == 0 { evidence.insert(.row) }
        }
        let last = tokens.upperBound - 1
        if begins, last + 1 == stream.tokens.count || beginsTextLine(last + 1),
            stream.tokens[labelToken].textLine == stream.tokens[last].textLine
        {
            evidence.insert(.ownTextLine)
        }
        if symbols.count == LineCode.printedCount {
            let block = blocks[tokens.lowerBound]
            if block.count % LineCode.printedCount == 0, block.contains(symbols.upperBound - 1),
                (symbols.lowerBound - block.lowerBound) % LineCode.printedCount == 0
            {
                evidence.insert(.block)
            }
        }
        let isGrouped = !evidence.isDisjoint(with: [.label, .shape])
        if symbols.contains(where: { stream.typed[$0] < (isGrouped ? 0x40 : 0x3A) }) { evidence.insert(.digit) }
        return Window(
            tokens: tokens, symbols: symbols, label: label, evidence: evidence
        )
    }

    /// Whether the groups are as they are printed, all but one character more or less in a window of 19 or 21.
    private func isShaped(_ tokens: Range<Int>, skip: Int, count: Int) -> Bool {
        if tokens.count == 1 { return true }
        guard tokens.count == 4 else { return false }
        var difference = 0
        for index in tokens {
            let length = stream.tokens[index].count - (index == tokens.lowerBound ? skip : 0)
            difference += abs(length - 5)
        }
        return difference == abs(count - LineCode.printedCount)
    }

    private func beginsTextLine(_ index: Int) -> Bool {
        index == 0 || stream.tokens[index - 1].textLine != stream.tokens[index].textLine
    }

    /// The line number that the token with this index is, or 0.
    func label(at index: Int) -> Int {
        stream.tokens.indices.contains(index) ? Self.label(stream.tokens[index], stream.symbols) : 0
    }

    /// The line number that a token is, or 0.
    static func label(_ token: Token, _ symbols: [UInt8]) -> Int {
        if token.announced > 0 { return Int(token.announced) }
        guard token.count == 1 || token.count == 2 else { return 0 }
        return number(symbols[token.start..<token.end])
    }

    /// One or two symbols read as a line number, 0 if they are none.
    static func number(_ symbols: ArraySlice<UInt8>) -> Int {
        var number = 0
        for symbol in symbols {
            guard symbol < 10 else { return 0 }
            number = number * 10 + Int(symbol)
        }
        return number <= CodeKind.maximumLineCount ? number : 0
    }

    /// For each token, how many groups of five stand directly before it, modulo 4.
    private static func rowPlaces(_ tokens: [Token]) -> [UInt8] {
        var places = [UInt8](repeating: 0, count: tokens.count)
        for index in tokens.indices.dropFirst() where tokens[index - 1].count == 5 {
            places[index] = (places[index - 1] + 1) & 3
        }
        return places
    }

    /// For each token, the symbols of its paragraph.
    private static func blocks(_ tokens: [Token]) -> [Range<Int>] {
        var blocks: [Range<Int>] = []
        blocks.reserveCapacity(tokens.count)
        var first = 0
        for index in tokens.indices where index + 1 == tokens.count || tokens[index + 1].block != tokens[index].block {
            let range = tokens[first].start..<tokens[index].end
            for _ in first...index { blocks.append(range) }
            first = index + 1
        }
        return blocks
    }
}
