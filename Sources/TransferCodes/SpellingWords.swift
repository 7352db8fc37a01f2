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
    /// which hardly any word of most texts shares with one.
    static func mayBeKnown(_ word: Span<UInt8>) -> Bool {
        guard 1...longest ~= word.count else { return false }
        return outlines[outline(count: word.count, first: word[0], last: word[word.count - 1])]
    }

    /// Every word that is understood, whatever for, in lower case.
    private static let known =
        Array(characters.keys) + lineNumbers.keys + silent + ["line", "x", "ray", "question", "mark"]

    /// The length of the longest.
    private static let longest = known.map(\.utf8.count).max() ?? 0

    /// For each outline whether a word that is understood has it.
    private static let outlines: [Bool] = {
        var outlines = [Bool](repeating: false, count: (longest + 1) << 10)
        for word in known {
            guard let first = word.utf8.first, let last = word.utf8.last else { continue }
            outlines[outline(count: word.utf8.count, first: first, last: last)] = true
        }
        return outlines
    }()

    /// A length and two characters, the cases of letters alike, as one number.
    private static func outline(count: Int, first: UInt8, last: UInt8) -> Int {
        count << 10 | Int(first & 0x1F) << 5 | Int(last & 0x1F)
    }
}
