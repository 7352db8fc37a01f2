/// Consecutive tokens that may be one line of a code.
struct Window {
    /// The tokens, without the one that holds the line's number.
    var tokens: Range<Int>
    /// The symbols: 19 to 21 of them.
    var symbols: Range<Int>
    /// The number that stands in front, or 0.
    var label: Int
    /// What speaks for it.
    var evidence: Evidence

    /// What speaks for a window being a line of a code, besides its check group.
    struct Evidence: OptionSet {
        let rawValue: UInt8

        /// A number stands in front of it.
        static let label = Evidence(rawValue: 1)
        /// The number was announced by the word "line".
        static let announced = Evidence(rawValue: 2)
        /// It is grouped as it is printed, or not at all.
        static let shape = Evidence(rawValue: 4)
        /// It has a line of text to itself.
        static let ownTextLine = Evidence(rawValue: 8)
        /// Its paragraph has room for lines only, and it stands where one would.
        static let block = Evidence(rawValue: 16)
        /// It begins where a row of groups of five begins, or a multiple of four later.
        static let row = Evidence(rawValue: 32)
        /// It begins where a line ends that was recognised, or ends where one begins.
        static let adjacent = Evidence(rawValue: 64)
        /// It has a digit, which hardly a line of a code is without, and most prose is; or, grouped or with a number
        /// in front, a question mark.
        static let digit = Evidence(rawValue: 128)
    }

    /// Whether there is reason to believe in it when its check group is exactly right.
    ///
    /// One window of 20 letters in 1.2 million is right by chance.
    var isPlausible: Bool { !evidence.isEmpty }

    /// Whether the way it stands in the text makes it a line of a code, which a repair asks for: of whatever
    /// 20 characters, one in 180 can be repaired to a given line.
    var isLineLike: Bool {
        evidence.mayBeLineLike
            && (evidence.contains(.digit)
                || evidence.contains(.shape) && evidence.isPlaced)
    }
}

extension Window {
    /// The order of a text: by first tokens, of these by first symbols, of these the shorter one first.
    func precedes(_ other: Window) -> Bool {
        (tokens.lowerBound, symbols.lowerBound, symbols.count)
            < (other.tokens.lowerBound, other.symbols.lowerBound, other.symbols.count)
    }
}

extension Window.Evidence {
    /// Whether there are at least two signs in how the window stands: all signs but a digit.
    var mayBeLineLike: Bool { (rawValue & ~Self.digit.rawValue).nonzeroBitCount >= 2 }

    /// Whether it has a number in front, or a line of text to itself.
    var isPlaced: Bool { !isDisjoint(with: [.label, .ownTextLine]) }
}

/// A line that was recognised or repaired.
struct FoundLine {
    /// The line's number.
    var number: Int
    /// Where it was found.
    var window: Window
    /// Its 20 printed symbols, repaired.
    var codeword: [UInt8]
    /// What had to be put right.
    var repairs: [Repair]

    /// The 15 data symbols.
    var data: ArraySlice<UInt8> { codeword.prefix(LineCode.dataCount) }
}
