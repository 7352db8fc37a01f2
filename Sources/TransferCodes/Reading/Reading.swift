/// One way of looking at a text, and what came of it.
package struct Reading: Sendable {
    /// The code, or why there is none.
    package private(set) var result: Result<ReadCode, CodeError>
    /// The lines that were found of the code that is looked for, those that were put right with what had to be; also
    /// where it is not whole. Of a number that stands there more than once, each line that differs.
    package private(set) var lines: [ReadLine] = []
    /// The whole code of another kind, where that is why the text is refused.
    package private(set) var stray: TransferCode?
    /// How many lines of a code were found, right or repaired, of whatever kind.
    package private(set) var foundCount = 0

    /// Whether the code was found and nothing had to be put right.
    package var isPerfect: Bool { (try? result.get())?.repairs.isEmpty ?? false }

    /// - Parameters:
    ///   - stream: the text.
    ///   - expected: the kind that is to be loaded, if that is known.
    init(_ stream: TokenStream, expected: CodeKind?) {
        var choice = KindChoice(Scan(stream), expected: expected)
        do throws(CodeError) {
            result = .success(try choice.code())
        } catch {
            result = .failure(error)
        }
        (lines, stray, foundCount) = (choice.readLines, choice.stray, choice.foundCount)
    }

    /// A text that is not looked into.
    package init(refused error: CodeError) {
        result = .failure(error)
    }

    /// Whether this one found the code with less to put right than an earlier one, or more lines of it.
    package func isBetter(than earlier: Reading) -> Bool {
        switch (earlier.result, result) {
        case (.success(let its), .success(let mine)): mine.repairs.count < its.repairs.count
        case (.success, .failure): false
        case (.failure, .success): true
        case (.failure(let its), .failure(let mine)):
            foundCount > earlier.foundCount || its == .nothingFound && mine != .nothingFound
        }
    }

    /// Takes the other reading instead if it is better.
    mutating func replace(ifBetter other: Reading) {
        if other.isBetter(than: self) { self = other }
    }
}
