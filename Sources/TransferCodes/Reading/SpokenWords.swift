/// Takes words one by one and tells what they stand for when somebody read a code aloud.
struct SpokenWords {
    /// What a word stands for.
    enum Item: Equatable {
        /// Nothing: a word said between the characters, or the first half of something.
        case nothing
        /// A character of a code, as ASCII.
        case character(UInt8)
        /// The number of the line that follows.
        case lineNumber(UInt8)
        /// Itself.
        case text
    }

    private enum State {
        case free
        /// "line" was heard.
        case line
        /// "x" was heard, which may be the first half of "x-ray".
        case x
        /// "question" was heard, which may go on with "mark".
        case question
    }

    private var state = State.free

    /// What the next word stands for.
    mutating func take(_ word: ArraySlice<UInt8>) -> Item {
        let before = state
        state = .free
        guard SpellingWords.mayBeKnown(word) else { return .text }
        let text = String(decoding: word.map { $0 | ($0 >= 0x41 && $0 <= 0x5A ? 0x20 : 0) }, as: UTF8.self)
        switch (before, text) {
        case (.x, "ray"), (.question, "mark"): return .nothing
        case (.line, _):
            if let number = SpellingWords.lineNumbers[text] { return .lineNumber(number) }
        default: break
        }
        switch text {
        case "line":
            state = .line
            return .nothing
        case "x":
            state = .x
            return .character(0x58)
        case "question":
            state = .question
            return .character(0x3F)
        default:
            if SpellingWords.silent.contains(text) { return .nothing }
            return SpellingWords.characters[text].map(Item.character) ?? .text
        }
    }
}
