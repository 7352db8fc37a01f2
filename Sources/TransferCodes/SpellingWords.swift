/// The words of the spelling alphabet: those that are said, and those that are understood.
///
/// Source: the radiotelephony spelling alphabet of ITU Radio Regulations, Appendix 14, and of ICAO Annex 10.
enum SpellingWords {
    /// What is said for each symbol, 0 to 31.
    static let spoken = [
        "zero", "one", "two", "tree", "four", "fife", "six", "seven", "eight", "niner",
        "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "juliett", "kilo", "mike", "november",
        "papa", "quebec", "romeo", "sierra", "tango", "victor", "whiskey", "xray", "yankee", "zulu",
    ]

    /// What is said for each line number, from 1.
    static let spokenNumbers = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    ]

    /// Other words that are understood, with the character each stands for.
    private static let others: [(String, Character)] = [
        ("oh", "0"), ("nought", "0"), ("null", "0"), ("wun", "1"), ("too", "2"), ("three", "3"), ("fower", "4"),
        ("five", "5"), ("ait", "8"), ("nine", "9"), ("alpha", "A"), ("juliet", "J"), ("india", "I"), ("lima", "L"),
        ("oscar", "O"), ("uniform", "U"), ("viktor", "V"), ("whisky", "W"), ("unreadable", "?"), ("unknown", "?"),
    ]

    /// The character, as ASCII, of every word that is understood, in lower case.
    static let characters: [String: UInt8] = {
        var table: [String: UInt8] = [:]
        for (word, byte) in zip(spoken, Alphabet.ascii) { table[word] = byte }
        for (word, character) in others { table[word] = character.asciiValue }
        return table
    }()

    /// The numbers that can follow "line": words and digits.
    static let lineNumbers: [String: UInt8] = {
        var table: [String: UInt8] = ["wun": 1, "too": 2, "tree": 3, "fower": 4, "fife": 5, "ait": 8, "niner": 9]
        for (index, word) in spokenNumbers.enumerated() {
            table[word] = UInt8(index + 1)
            table[String(index + 1)] = UInt8(index + 1)
        }
        return table
    }()

    /// Words said between the characters that stand for nothing.
    static let silent: Set<String> = [
        "and", "capital", "check", "comma", "dash", "digit", "dot", "figure", "figures", "group", "hyphen", "letter",
        "number", "space", "stop", "then",
    ]

    /// Whether a word, in either case, may be one that is understood: by its length and its first and last characters,
    /// which no other word of most texts shares with one.
    static func mayBeKnown(_ word: ArraySlice<UInt8>) -> Bool {
        guard let first = word.first, let last = word.last, word.count < shapes.count else { return false }
        return shapes[word.count] & bit(first) != 0 && lasts[word.count] & bit(last) != 0
    }

    /// For each length the first characters of the words that are understood, as bits.
    private static let shapes: [UInt64] = bits { $0.first }
    /// The same for their last characters.
    private static let lasts: [UInt64] = bits { $0.last }

    private static func bits(_ choose: (String.UTF8View) -> UInt8?) -> [UInt64] {
        let words = [
            Array(characters.keys), Array(lineNumbers.keys), Array(silent), ["line", "x", "ray", "question", "mark"],
        ]
        var bits: [UInt64] = []
        for word in words.joined() {
            let missing = word.utf8.count + 1 - bits.count
            if missing > 0 { bits += [UInt64](repeating: 0, count: missing) }
            bits[word.utf8.count] |= choose(word.utf8).map(bit) ?? 0
        }
        return bits
    }

    /// A letter of either case, or a digit, as one bit; others share theirs.
    private static func bit(_ byte: UInt8) -> UInt64 {
        // Letters are 0x41 to 0x5A and 0x20 more, digits 0x30 to 0x39.
        1 << UInt64(byte >= 0x40 ? byte & 0x1F : 0x20 | byte & 0x0F)
    }
}
