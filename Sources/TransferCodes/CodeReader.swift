/// Finds a code in whatever text it comes in, and puts right what can be.
///
/// The text may be an `.aut` file, a mail with the lines quoted or broken anew, lines typed without numbers or
/// spaces, or words of the spelling alphabet. Nothing is guessed: a line counts only if its check group is right
/// or it can be put right in one way, and whatever was put right is reported.
package enum CodeReader {
    /// The longest text that is looked at, in bytes: a mail with pictures in it still fits.
    package static let maximumLength = 4 << 20

    /// Reads the code that a text holds.
    ///
    /// - Parameters:
    ///   - text: UTF-8 or UTF-16, with or without a byte order mark, at most ``maximumLength``.
    ///   - expected: what is to be loaded; other codes in the text are then left alone. Either form of start code
    ///     is taken where one of them is expected. `nil`: any, if there is only one.
    /// - Throws: ``CodeError``, any but `invalidField`.
    package static func read(_ text: [UInt8], expecting expected: CodeKind? = nil) throws(CodeError) -> ReadCode {
        try reading(text, expecting: expected).result.get()
    }

    /// The same, with all that was found where there is no code.
    package static func reading(_ text: [UInt8], expecting expected: CodeKind? = nil) -> Reading {
        guard text.count <= maximumLength else { return Reading(refused: .tooLarge(text.count)) }
        var plain = PlainText.utf8(text)
        var stream = TokenStream(plain, spoken: false)
        var best = Reading(stream, expected: expected)
        if best.isPerfect { return best }
        if let decoded = QuotedPrintable.decode(text) {
            plain = PlainText.utf8(decoded)
            stream = TokenStream(plain, spoken: false)
            best.replace(ifBetter: Reading(stream, expected: expected))
            if best.isPerfect { return best }
        }
        if SpokenWords.mayBeRead(in: stream) {
            best.replace(ifBetter: Reading(TokenStream(plain, spoken: true), expected: expected))
        }
        return best
    }

    /// The same for a text that is a string already.
    package static func read(_ text: String, expecting expected: CodeKind? = nil) throws(CodeError) -> ReadCode {
        try read(Array(text.utf8), expecting: expected)
    }

    /// The code that consists of these lines, in any order, as ``LineReader`` found them one by one.
    ///
    /// - Throws: ``CodeError`` `nothingFound`, `conflictingLines`, `foreignLine`, `missing`, `unknownVersion`,
    ///   `flagsNotZero`, `certificateLength`, `checkFailed`, `paddingNotZero`.
    package static func assemble(_ lines: [CodeLine], repaired: [Int] = []) throws(CodeError) -> TransferCode {
        guard let kind = lines.first?.kind else { throw .nothingFound }
        var byNumber: [Int: CodeLine] = [:]
        for line in lines {
            guard line.kind == kind else { throw .foreignLine(line.number, of: line.kind) }
            if let other = byNumber[line.number], other != line { throw .conflictingLines(line: line.number) }
            byNumber[line.number] = line
        }
        let count = try lineCount(of: lines) ?? max(2, byNumber.keys.max() ?? 0)
        if let extra = byNumber.keys.sorted().first(where: { $0 > count }) { throw .foreignLine(extra, of: kind) }
        let missing = (1...count).filter { byNumber[$0] == nil }
        guard missing.isEmpty else { throw .missing(lines: missing) }
        return try TransferCode(
            dataSymbols: (1...count).compactMap { byNumber[$0]?.data }.flatMap { $0 }, repaired: repaired)
    }

    /// How many lines the code has that these lines belong to, as far as they tell: for a start code its second
    /// line has to be among them.
    ///
    /// - Throws: ``CodeError/certificateLength(_:)``.
    package static func lineCount(of lines: [CodeLine]) throws(CodeError) -> Int? {
        guard let kind = lines.first?.kind else { return nil }
        if let count = kind.lineCount { return count }
        guard let second = lines.first(where: { $0.number == 2 && $0.kind == kind }) else { return nil }
        let first = [UInt8](repeating: 0, count: LineCode.dataCount)
        return try CodeHeader.lineCount(kind: kind, symbols: first + second.data)
    }
}
