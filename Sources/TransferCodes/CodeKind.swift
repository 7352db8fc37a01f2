/// What a code is. The raw value is the code's first data symbol, so that the first character of every
/// printed code tells its kind.
///
/// The numbers are the Crockford Base32 values of the letters named beside them.
package enum CodeKind: UInt8, Sendable, Hashable, CaseIterable {
    /// `S`: what the source offers, with the certificate.
    case start = 25
    /// `T`: what the source offers, for a target that has the certificate already.
    case shortStart = 26
    /// `Q`: what the target asks for.
    case request = 23
    /// `A`: the key, for the one request that asked for it.
    case activation = 10
    /// `B` ("back"): the target's proof that it declined and never will activate.
    case returning = 11
    /// `C` ("confirmed"): the key arrived at the target.
    case receipt = 12
}

extension CodeKind {
    /// The largest number of lines a code of any kind has.
    package static let maximumLineCount = 18

    /// How many lines a code of this kind has; `nil` for a start code, whose second line tells.
    package var lineCount: Int? {
        switch self {
        case .start: nil
        case .shortStart, .activation, .returning: 2
        case .request: 4
        case .receipt: 1
        }
    }

    /// The highest line number a code of this kind can have.
    package var highestLineNumber: Int { lineCount ?? Self.maximumLineCount }

    /// The letter every printed code of this kind begins with.
    package var letter: Character { Alphabet.character(rawValue) }
}
