@testable import TransferCodes

/// Makes the vectors of texts in `Fixtures/codes`, the same ones every time.
///
/// What comes of a text is stated here, beside how the text is made, and not taken from the reader.
enum CodeVectorFactory {
    /// All vectors.
    static func all() throws -> [CodeVector] {
        try plain() + forms() + carriers() + repairs() + systematicRepairs() + numbers() + characters() + refusals()
            + lineFaults() + cuts() + wrongKinds() + severalCodes() + malformed() + headers()
    }

    /// A text that gives a code.
    static func success(
        _ name: String, _ title: String, _ code: TransferCode, _ input: some Sequence<UInt8>,
        expecting: CodeKind? = nil, repairs: [Repair] = []
    ) -> CodeVector {
        CodeVector(
            name: name, title: title, expecting: expecting, input: .bytes(Array(input)),
            outcome: .success(ReadCode(code: code, repairs: repairs)))
    }

    /// A text that is refused.
    static func failure(
        _ name: String, _ title: String, _ error: CodeError, _ input: some Sequence<UInt8>, expecting: CodeKind? = nil
    ) -> CodeVector {
        CodeVector(
            name: name, title: title, expecting: expecting, input: .bytes(Array(input)), outcome: .failure(error))
    }

    /// Lines of text.
    static func lines(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }

    /// The lines of a code as they are printed.
    static func lines(_ code: TransferCode) -> [UInt8] { lines(code.lines) }

    /// A character of the alphabet that is not this one.
    static func other(than character: Character) -> Character { character == "7" ? "8" : "7" }

    /// A code of each kind, for the vectors that go through all kinds; the start code has nine lines.
    static func sample(_ kind: CodeKind, seed: UInt64 = 31) throws -> TransferCode {
        try SampleCodes.code(kind, seed: seed, certificateLength: 60)
    }
}
