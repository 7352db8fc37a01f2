/// Crockford's Base32: ten digits and twenty-two letters, without `I`, `L`, `O` and `U`.
package enum Alphabet {
    /// The characters in the order of their values, 0 to 31, as ASCII.
    static let ascii: [UInt8] = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// What stands for a character that cannot be read.
    package static let unreadable: Character = "?"

    /// The value of each ASCII byte, or 255 where it is none; lower case, `O`, `I` and `L` included.
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 128)
        for (value, byte) in ascii.enumerated() {
            table[Int(byte)] = UInt8(value)
            if byte >= 0x41 { table[Int(byte | 0x20)] = UInt8(value) }
        }
        for byte in "Oo".utf8 { table[Int(byte)] = 0 }
        for byte in "IiLl".utf8 { table[Int(byte)] = 1 }
        return table
    }()

    /// The value of a typed character: any case, `O` as 0, `I` and `L` as 1; `nil` if it is not in the alphabet.
    static func value(ofASCII byte: UInt8) -> UInt8? {
        guard byte < 128 else { return nil }
        let value = values[Int(byte)]
        return value == 255 ? nil : value
    }

    /// The character that prints a symbol; only the low five bits of the symbol count.
    package static func character(_ symbol: UInt8) -> Character {
        Character(Unicode.Scalar(ascii[Int(symbol & 31)]))
    }

    /// The characters that print the symbols, without spaces.
    package static func text(_ symbols: some Sequence<UInt8>) -> String {
        String(symbols.map(character))
    }
}
