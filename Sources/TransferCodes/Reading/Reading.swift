/// One way of looking at a text, and what came of it.
struct Reading {
    /// The code, or why there is none.
    private(set) var result: Result<ReadCode, CodeError>
    /// How many lines of a code were found, right or repaired.
    private let foundCount: Int

    /// Whether the code was found and nothing had to be put right.
    var isPerfect: Bool { (try? result.get())?.repairs.isEmpty ?? false }

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
        foundCount = choice.foundCount
    }

    /// Takes the other reading instead if it found the code with less to put right, or more lines of it.
    mutating func replace(ifBetter other: Reading) {
        switch (result, other.result) {
        case (.success(let mine), .success(let its)):
            if its.repairs.count < mine.repairs.count { self = other }
        case (.success, .failure): break
        case (.failure, .success): self = other
        case (.failure(let mine), .failure(let its)):
            if other.foundCount > foundCount || mine == .nothingFound && its != .nothingFound { self = other }
        }
    }
}
