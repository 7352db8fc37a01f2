/// One line of a code: a codeword of the line code.
package struct CodeLine: Sendable, Hashable {
    /// The kind of the code it belongs to.
    package let kind: CodeKind
    /// Its number, from 1.
    package let number: Int
    /// The 20 printed symbols: 15 of data, 5 of check.
    let symbols: [UInt8]

    /// The line with these 15 data symbols.
    init(kind: CodeKind, number: Int, data: [UInt8]) {
        self.kind = kind
        self.number = number
        symbols = data + LineCode.check(kind: kind.rawValue, line: UInt8(truncatingIfNeeded: number), data: data)
    }

    /// A line whose 20 symbols are known to be a codeword.
    init(kind: CodeKind, number: Int, codeword symbols: [UInt8]) {
        self.kind = kind
        self.number = number
        self.symbols = symbols
    }

    /// The 15 data symbols.
    var data: [UInt8] { Array(symbols.prefix(LineCode.dataCount)) }

    /// The four groups of five characters; the last one is the check group.
    package var groups: [String] {
        stride(from: 0, to: symbols.count, by: 5).map { Alphabet.text(symbols[$0..<min($0 + 5, symbols.count)]) }
    }

    /// As it is printed: number, three groups, check group.
    package var text: String {
        "\(number)  \(groups.prefix(3).joined(separator: " "))  \(groups.suffix(1).joined())"
    }

    /// The 20 characters alone.
    package var compactText: String { Alphabet.text(symbols) }
}
