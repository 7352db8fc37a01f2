/// Tells lines that are there but cannot be read from lines that are missing.
struct UnreadableLines {
    private let scan: Scan

    /// How many lines of text are looked at that look like lines of a code.
    private static let most = 512

    init(_ scan: Scan) { self.scan = scan }

    /// Those of the missing lines for which something stands in the text that cannot be read.
    func numbers(missing: [Int], found: [Int: FoundLine]) -> [Int] {
        let missing = Set(missing)
        var result: Set<Int> = []
        for place in places() where !found.values.contains(where: { $0.window.symbols.overlaps(place.symbols) }) {
            if place.label > 0 {
                if missing.contains(place.label) { result.insert(place.label) }
                continue
            }
            // Without a number in front, the lines before and behind tell which one it should be.
            let before = found.filter { $0.value.window.symbols.upperBound <= place.symbols.lowerBound }
                .max { $0.value.window.symbols.lowerBound < $1.value.window.symbols.lowerBound }
            let behind = found.filter { $0.value.window.symbols.lowerBound >= place.symbols.upperBound }
                .min { $0.value.window.symbols.lowerBound < $1.value.window.symbols.lowerBound }
            if let before, missing.contains(before.key + 1) {
                result.insert(before.key + 1)
            } else if let behind, missing.contains(behind.key - 1) {
                result.insert(behind.key - 1)
            }
        }
        return result.sorted()
    }

    /// The numbers of the lines that seem to be there when nothing at all can be read: those that stand in front, or
    /// counted from the first.
    func numbersWithoutContext() -> [Int] {
        var next = 1
        var result: Set<Int> = []
        for place in places() {
            let number = place.label > 0 ? place.label : next
            guard number <= CodeKind.maximumLineCount else { continue }
            result.insert(number)
            next = number + 1
        }
        return result.sorted()
    }

    private struct Place {
        var symbols: Range<Int>
        var label: Int
    }

    /// Lines of text that look as if they had been lines of a code, however long they are.
    private func places() -> [Place] {
        let tokens = scan.stream.tokens
        var places: [Place] = []
        var first = 0
        while first < tokens.count, places.count < Self.most {
            var end = first
            while end < tokens.count, tokens[end].textLine == tokens[first].textLine { end += 1 }
            if let place = place(first..<end) { places.append(place) }
            first = end
        }
        return places
    }

    /// A number and at least one group of about five with a digit in it, or four groups without a number; nothing
    /// much longer or shorter than groups are.
    private func place(_ range: Range<Int>) -> Place? {
        let tokens = scan.stream.tokens
        let label = tokens[range.lowerBound].label
        let groups = label > 0 ? range.dropFirst() : range[...]
        guard let first = groups.first, let last = groups.last else { return nil }
        let symbols = tokens[first].start..<tokens[last].end
        let limits = label > 0 ? 3...40 : 16...24
        guard limits.contains(symbols.count),
            symbols.contains(where: { scan.stream.typed[$0] < 0x40 }),
            !scan.isSure(anyOf: symbols)
        else { return nil }
        let isGrouped =
            groups.allSatisfy { (3...7).contains(tokens[$0].count) } || groups.count == 1
            || groups.allSatisfy { tokens[$0].count == 1 }
        return isGrouped || tokens[range.lowerBound].announced > 0 ? Place(symbols: symbols, label: label) : nil
    }
}
