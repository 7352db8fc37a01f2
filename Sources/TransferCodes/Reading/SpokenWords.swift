/// Takes words one by one and tells what they stand for when somebody read a code aloud.
struct SpokenWords {
    /// What a word stands for.
    enum Item: Equatable {
        /// Nothing: a word said between the characters, or the first half of something.
        case nothing
        /// A character of a code, as ASCII in upper case.
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

    /// Whether a code may have been read aloud in a text, so that it is worth looking at as such: in one place enough words
    /// stand for a character. Prose has one of them now and then.
    static func mayBeRead(in stream: TokenStream) -> Bool {
        let (tokens, typed) = (stream.tokens.span, stream.typed.span)
        var words = SpokenWords()
        // The last places of such words, the oldest first.
        var places: [Int] = []
        for index in tokens.indices {
            let token = tokens[index]
            // What a long word was cut into is no word.
            let item = token.isPart ? words.takeOther() : words.take(typed.extracting(token.start..<token.end))
            guard case .character = item else { continue }
            places.append(index)
            guard places.count == leastCount else { continue }
            if index - places.removeFirst() < nearness { return true }
        }
        return false
    }

    /// How many such words: less than half a line.
    private static let leastCount = 8
    /// Among how many tokens: the words of a line, with as many others between them, and half as many again.
    private static let nearness = 64

    /// What the next word stands for.
    ///
    /// - Parameter word: as it was typed, in upper case ASCII.
    mutating func take(_ word: Span<UInt8>) -> Item {
        guard SpellingWords.mayBeKnown(word) else { return takeOther() }
        let before = state
        state = .free
        let text = String(decoding: word.indices.map { word[$0] | (word[$0] >= 0x41 ? 0x20 : 0) }, as: UTF8.self)
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

    /// The same for a word that is none of those that are understood.
    private mutating func takeOther() -> Item {
        state = .free
        return .text
    }
}
