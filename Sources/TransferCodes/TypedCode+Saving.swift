/// Keeping what was typed as plain text.
///
/// ```
/// alm typed code 1
/// expecting Q
/// line 1  Q06P0 75NHP B20D3  HGV3C
/// line 2  BQA6A DDZ49 170W5  BPXH7
/// repair 3 4 8 B
/// rival 2  7QA6A DDZ49 170W5  27J1C
/// ```
///
/// A `repair` belongs to the line or rival above it: group, place, what was read and what is right, `-` for nothing.
extension TypedCode {
    private static let heading = "alm typed code 1"

    /// All that was typed and taken.
    package var saved: String {
        var lines = [Self.heading, "expecting \(expectedName)"]
        for entry in entries {
            lines += Self.saved("line", entry)
            for rival in candidates(for: entry.line.number).dropFirst() { lines += Self.saved("rival", rival) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func saved(_ word: String, _ entry: Entry) -> [String] {
        ["\(word) \(entry.line.text)"]
            + entry.repairs.map { repair in
                "repair \(repair.group) \(repair.position) \(repair.read ?? "-") \(repair.correct ?? "-")"
            }
    }

    /// What ``saved`` wrote; `nil` for any other text, and for one in which a line is not right.
    package init?(saved text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: true)[...]
        guard lines.popFirst() == Self.heading[...], let second = lines.popFirst(), second.hasPrefix("expecting "),
            let expected = Self.expected(named: second.dropFirst("expecting ".count))
        else { return nil }
        self.init(expecting: expected)
        while let line = lines.popFirst() {
            let isRival = line.hasPrefix("rival ")
            guard isRival || line.hasPrefix("line "), let space = line.firstIndex(of: " ") else { return nil }
            guard case .exact(let codeLine) = LineReader.check(String(line[space...])) else { return nil }
            var repairs: [Repair] = []
            while let next = lines.first, next.hasPrefix("repair ") {
                guard let repair = Self.repair(next, line: codeLine.number) else { return nil }
                repairs.append(repair)
                lines.removeFirst()
            }
            guard restore(Entry(line: codeLine, repairs: repairs), isRival: isRival) else { return nil }
        }
    }

    private static func repair(_ text: Substring, line: Int) -> Repair? {
        let parts = text.split(separator: " ")
        guard parts.count == 5, let group = Int(parts[1]), (0...4).contains(group), let position = Int(parts[2]),
            (1...21).contains(position), parts[3].count <= 2, parts[4].count <= 2
        else { return nil }
        func value(_ part: Substring) -> String? { part == "-" ? nil : String(part) }
        return Repair(line: line, group: group, position: position, read: value(parts[3]), correct: value(parts[4]))
    }
}
