/// A line of a code as it is read aloud.
package struct SpokenLine: Sendable, Hashable {
    /// The line's number.
    package let number: Int
    /// The words of each group; the last group is the check group.
    package let groups: [[String]]

    /// The number as it is said.
    package var spokenNumber: String { Spelling.number(number) }

    /// Each group as it is said: "seven kilo tree mike quebec", and the last "check bravo eight romeo whiskey november".
    package var spokenGroups: [String] {
        groups.enumerated().map { index, words in
            (index == groups.count - 1 ? "check " : "") + words.joined(separator: " ")
        }
    }

    /// The whole line as it is printed to be read: "line two", and each group on a line of text of its own.
    package var text: String {
        "line \(spokenNumber)\n" + spokenGroups.map { "  \($0)\n" }.joined()
    }
}

/// The spelling alphabet, for codes that are carried by voice.
package enum Spelling {
    /// What to say, line by line. The reader takes what it says.
    package static func script(for code: TransferCode) -> [SpokenLine] {
        code.codeLines.map(script(for:))
    }

    /// What to say for one line.
    package static func script(for line: CodeLine) -> SpokenLine {
        SpokenLine(
            number: line.number,
            groups: stride(from: 0, to: line.symbols.count, by: 5).map { start in
                line.symbols[start..<min(start + 5, line.symbols.count)].map { SpellingWords.spoken[Int($0 & 31)] }
            })
    }

    /// Every character that is printed, with the word that is said for it.
    package static var alphabet: [(character: Character, word: String)] {
        SpellingWords.spoken.enumerated().map { (Alphabet.character(UInt8(truncatingIfNeeded: $0.offset)), $0.element) }
    }

    /// The word for a line's number.
    static func number(_ number: Int) -> String {
        SpellingWords.spokenNumbers.indices.contains(number - 1)
            ? SpellingWords.spokenNumbers[number - 1] : String(number)
    }
}
