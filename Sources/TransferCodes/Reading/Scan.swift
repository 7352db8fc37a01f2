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
        exact = exactWindows()
        lineLike = lineLikeWindows()
    }

    private func exactWindows() -> [Exact] {
        var exact: [Exact] = []
        forEachPlace { place in
            guard place.symbols.count == LineCode.printedCount,
                let (kind, line) = LineCode.recognise(stream.symbols[place.symbols])
            else { return true }
            // The first symbol of a code is its kind once more.
            guard line > 1 || stream.symbols[place.symbols.lowerBound] == kind else { return true }
            let window = window(place)
            if window.isPlausible { exact.append(Exact(window: window, kind: kind, line: line)) }
            return true
        }
        return exact
    }

    private func lineLikeWindows() -> [Window] {
        let starts = Set(exact.map(\.window.tokens.lowerBound))
        let ends = Set(exact.map(\.window.tokens.upperBound))
        let taken = Set(exact.map(\.window.symbols.lowerBound))
        var lineLike: [Window] = []
        forEachPlace { place in
            var structure = structure(of: place)
            if !exact.isEmpty {
                guard !taken.contains(place.symbols.lowerBound) else { return true }
                if ends.contains(place.tokens.lowerBound) || starts.contains(place.tokens.upperBound) {
                    structure.insert(.adjacent)
                }
            }
            // Most windows of a text end here.
            guard structure.mayBeLineLike else { return true }
            let window = window(place, structure: structure)
            if window.isLineLike { lineLike.append(window) }
            return lineLike.count < Self.maximumLineLike
        }
        return lineLike
    }

    /// Where a window is, before anything is known about it.
    private struct Place {
        var tokens: Range<Int>
        var symbols: Range<Int>
        var label: Int
        /// Whether the label has run together with the first token.
        var isGlued: Bool
    }

    /// Calls the body with each window of 19, 20 or 21 symbols, in order of their first symbols, until it says no.
    private func forEachPlace(_ body: (Place) -> Bool) {
        let tokens = stream.tokens
        var label = 0
        for index in tokens.indices {
            let token = tokens[index]
            let next = Self.label(token, stream.symbols)
            if token.count > 0 {
                guard places(from: index, skipping: 0, label: label, tokens, body) else { return }
                // A number that has run together with the characters behind it.
                if label == 0, 6...7 ~= token.count || 21...22 ~= token.count {
                    let digits =
                        token.count < LineCode.printedCount ? token.count - 5 : token.count - LineCode.printedCount
                    let number = Self.number(stream.symbols[token.start..<token.start + digits])
                    if number > 0 {
                        guard places(from: index, skipping: digits, label: number, tokens, body) else { return }
                    }
                }
            }
            label = next
        }
    }

    private func places(
        from first: Int, skipping skip: Int, label: Int, _ tokens: [Token], _ body: (Place) -> Bool
    ) -> Bool {
        let start = tokens[first].start + skip
        var end = first
        while end < tokens.count, tokens[end].count > 0 {
            let length = tokens[end].end - start
            guard length <= LineCode.printedCount + 1 else { return true }
            end += 1
            guard length >= LineCode.printedCount - 1 else { continue }
            let place = Place(tokens: first..<end, symbols: start..<start + length, label: label, isGlued: skip > 0)
            guard body(place) else { return false }
        }
        return true
    }

    private func window(_ place: Place, structure: Window.Evidence? = nil) -> Window {
        var evidence = structure ?? self.structure(of: place)
        let isGrouped = !evidence.isDisjoint(with: [.label, .shape])
        if place.symbols.contains(where: { stream.typed[$0] < (isGrouped ? 0x40 : 0x3A) }) { evidence.insert(.digit) }
        return Window(tokens: place.tokens, symbols: place.symbols, label: place.label, evidence: evidence)
    }

    /// All that speaks for a window in the way it stands in the text, but for what stands beside it.
    private func structure(of place: Place) -> Window.Evidence {
        let tokens = place.tokens
        let labelToken = place.label > 0 && !place.isGlued ? tokens.lowerBound - 1 : tokens.lowerBound
        var evidence: Window.Evidence = []
        if place.label > 0 {
            evidence.insert(.label)
            if stream.tokens[labelToken].announced > 0 { evidence.insert(.announced) }
        }
        let skip = place.symbols.lowerBound - stream.tokens[tokens.lowerBound].start
        if isShaped(tokens, skip: skip, count: place.symbols.count) {
            evidence.insert(.shape)
            if !place.isGlued, rowPlaces[tokens.lowerBound] == 0 { evidence.insert(.row) }
        }
        let last = tokens.upperBound - 1
        if stream.tokens[labelToken].textLine == stream.tokens[last].textLine, beginsTextLine(labelToken),
            last + 1 == stream.tokens.count || beginsTextLine(last + 1)
        {
            evidence.insert(.ownTextLine)
        }
        if place.symbols.count == LineCode.printedCount {
            let block = blocks[stream.tokens[tokens.lowerBound].block]
            if block.count % LineCode.printedCount == 0, block.contains(place.symbols.upperBound - 1),
                (place.symbols.lowerBound - block.lowerBound) % LineCode.printedCount == 0
            {
                evidence.insert(.block)
            }
        }
        return evidence
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

    /// For each paragraph its symbols.
    private static func blocks(_ tokens: [Token]) -> [Range<Int>] {
        var blocks: [Range<Int>] = []
        for token in tokens {
            if token.block == blocks.count {
                blocks.append(token.start..<token.end)
            } else {
                blocks[token.block] = blocks[token.block].lowerBound..<token.end
            }
        }
        return blocks
    }
}
