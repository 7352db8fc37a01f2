/// Taking a window for a certain line: what would have to be put right for that.
enum LineRepair {
    /// The line, if the window can be put right to be it: up to two wrong and five unreadable characters with
    /// twice the wrong ones and the unreadable ones together at most five; or one character missing or one too
    /// many, and nothing else wrong but one unreadable one.
    ///
    /// - Parameter number: the line's number; `nil` if it is not known, which counts like an unreadable character
    ///   and is found with the rest.
    static func line(_ number: Int?, of kind: CodeKind, in window: Window, of stream: TokenStream) -> FoundLine? {
        let symbols = Array(stream.symbols[window.symbols])
        let found: Found?
        switch symbols.count {
        case LineCode.printedCount: found = substituted(number, of: kind, symbols)
        case LineCode.printedCount - 1: found = lost(number, of: kind, symbols, in: window, of: stream)
        case LineCode.printedCount + 1: found = superfluous(number, of: kind, symbols, in: window, of: stream)
        default: found = nil
        }
        guard let (number, codeword, changes) = found else { return nil }
        guard number > 1 || codeword.first == kind.rawValue else { return nil }
        var repairs = changes.map { change in
            let place = place(of: change, in: window, of: stream)
            return Repair(
                line: number, group: place.group, position: place.position,
                read: change.typed.map { String(Unicode.Scalar(stream.typed[window.symbols.lowerBound + $0])) },
                correct: change.symbol.map { String(Alphabet.character($0)) })
        }
        if let wrongLabel = labelRepair(number, window) { repairs.insert(wrongLabel, at: 0) }
        return FoundLine(number: number, window: window, codeword: codeword, repairs: repairs)
    }

    /// The repair of a wrong number in front of a line that has a line of text to itself. Elsewhere what stands
    /// in front may be anything.
    static func labelRepair(_ number: Int, _ window: Window) -> Repair? {
        guard window.label > 0, window.label != number, window.evidence.contains(.ownTextLine) else { return nil }
        return Repair(line: number, group: 0, position: 1, read: String(window.label), correct: String(number))
    }

    private struct Change {
        /// The place in the line, 0 to 19.
        var place: Int
        /// The place among what was typed, if something was typed there.
        var typed: Int?
        /// The symbol that belongs there, if one does.
        var symbol: UInt8?
    }

    /// Where a change is for the person: a character too many is counted in the group it was typed in.
    private static func place(
        of change: Change, in window: Window, of stream: TokenStream
    ) -> (group: Int, position: Int) {
        if change.symbol == nil, let typed = change.typed, window.tokens.count == 4, window.evidence.contains(.shape) {
            let symbol = window.symbols.lowerBound + typed
            for (group, index) in window.tokens.enumerated() where symbol < stream.tokens[index].end {
                return (group + 1, symbol - max(stream.tokens[index].start, window.symbols.lowerBound) + 1)
            }
        }
        return (change.place / 5 + 1, change.place % 5 + 1)
    }

    private typealias Found = (number: Int, codeword: [UInt8], changes: [Change])

    private static func substituted(_ number: Int?, of kind: CodeKind, _ symbols: [UInt8]) -> Found? {
        guard let (number, codeword) = correct(number, of: kind, symbols) else { return nil }
        let changes = symbols.indices.filter { symbols[$0] != codeword[$0] }
            .map { Change(place: $0, typed: $0, symbol: codeword[$0]) }
        return (number, codeword, changes)
    }

    /// The line's number and its codeword, with the kind taken as it is, and the number if it is given; `nil` if
    /// one of these two would have to change.
    private static func correct(
        _ number: Int?, of kind: CodeKind, _ symbols: [UInt8]
    ) -> (number: Int, codeword: [UInt8])? {
        let virtual = [kind.rawValue, UInt8(truncatingIfNeeded: number ?? 0)]
        var erased = symbols.indices.filter { symbols[$0] >= 32 }.map { $0 + LineCode.virtualCount }
        if number == nil { erased.append(1) }
        guard let word = LineCode.correct(virtual + symbols, erased: erased), word[0] == kind.rawValue,
            number == nil || word[1] == virtual[1], (1...kind.highestLineNumber).contains(Int(word[1]))
        else { return nil }
        return (Int(word[1]), Array(word.dropFirst(LineCode.virtualCount)))
    }

    /// The same where only what can't be read may change: tried for each place at which a character may be missing or too
    /// many, so that it has to be quick.
    private static func completed(
        _ number: Int?, of kind: CodeKind, _ symbols: [UInt8]
    ) -> (number: Int, codeword: [UInt8])? {
        switch LineCode.complete(kind: kind.rawValue, line: number, symbols) {
        case .tooManyUnknown:
            guard let found = correct(number, of: kind, symbols),
                symbols.indices.allSatisfy({ symbols[$0] >= 32 || symbols[$0] == found.codeword[$0] })
            else { return nil }
            return found
        case .none: return nil
        case .line(let number, let codeword):
            return (1...kind.highestLineNumber).contains(number) ? (number, codeword) : nil
        }
    }

    /// One character is missing: of all places where it may be, only one line may come out.
    private static func lost(
        _ number: Int?, of kind: CodeKind, _ symbols: [UInt8], in window: Window, of stream: TokenStream
    ) -> Found? {
        guard symbols.count(where: { $0 >= 32 }) <= 1 else { return nil }
        var result: Found?
        for place in places(0...symbols.count, in: window, of: stream) {
            var candidate = symbols
            candidate.insert(TokenStream.unreadable, at: place)
            guard let (number, codeword) = completed(number, of: kind, candidate) else { continue }
            if let result {
                guard result.codeword == codeword, result.number == number else { return nil }
                continue
            }
            let changes = candidate.indices.filter { candidate[$0] != codeword[$0] }.map { index in
                Change(
                    place: index, typed: index == place ? nil : index < place ? index : index - 1,
                    symbol: codeword[index])
            }
            result = (number, codeword, changes)
        }
        return result
    }

    /// One character is too many: of all that may be, only one line may come out.
    private static func superfluous(
        _ number: Int?, of kind: CodeKind, _ symbols: [UInt8], in window: Window, of stream: TokenStream
    ) -> Found? {
        guard symbols.count(where: { $0 >= 32 }) <= 2 else { return nil }
        var result: Found?
        for place in places(0...symbols.count - 1, in: window, of: stream) {
            var candidate = symbols
            candidate.remove(at: place)
            guard candidate.count(where: { $0 >= 32 }) <= 1,
                let (number, codeword) = completed(number, of: kind, candidate)
            else { continue }
            var changes = candidate.indices.filter { candidate[$0] != codeword[$0] }.map { index in
                Change(place: index, typed: index < place ? index : index + 1, symbol: codeword[index])
            }
            changes.append(Change(place: min(place, LineCode.printedCount - 1), typed: place, symbol: nil))
            if let other = result {
                guard other.codeword == codeword, other.number == number else { return nil }
                // A mark that is one too many, and not a mark and the character beside it.
                guard changes.count < other.changes.count else { continue }
            }
            result = (number, codeword, changes.sorted { $0.place < $1.place })
        }
        return result
    }

    /// Where to look for the missing or superfluous character: in the group that is too short or too long, if the
    /// window has its groups.
    private static func places(_ all: ClosedRange<Int>, in window: Window, of stream: TokenStream) -> ClosedRange<Int> {
        guard window.tokens.count == 4, window.evidence.contains(.shape) else { return all }
        for index in window.tokens {
            let start = max(stream.tokens[index].start, window.symbols.lowerBound) - window.symbols.lowerBound
            let end = stream.tokens[index].end - window.symbols.lowerBound
            if end - start == 4 { return start...end }
            if end - start == 6 { return start...end - 1 }
        }
        return all
    }
}
