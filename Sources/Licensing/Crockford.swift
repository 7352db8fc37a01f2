/// Crockford's Base32 alphabet (https://www.crockford.com/base32.html): 32 digits and letters without I, L, O and U,
/// so that what a person reads aloud or copies by hand is hard to mistake.
package enum Crockford {
    /// The 32 characters, in the order of their values.
    package static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The value of a character, 0...31, in either case; `O` reads as 0, `I` and `L` as 1.
    ///
    /// Anything else, `U` included, is nil.
    package static func value(of character: UInt8) -> UInt8? {
        values[Int(character)]
    }

    /// `count` characters that show the first `count * 5` bits of `bytes`, most significant bit first; bits beyond
    /// the end of `bytes` are zero.
    package static func text(_ bytes: some Sequence<UInt8>, characters count: Int) -> String {
        let bytes = Array(bytes)
        var text = ""
        for index in 0..<count {
            var symbol = 0
            for bit in index * 5..<index * 5 + 5 {
                let byte = bit / 8 < bytes.count ? bytes[bit / 8] : 0
                symbol = symbol << 1 | Int(byte >> (7 - UInt8(bit % 8))) & 1
            }
            text.unicodeScalars.append(Unicode.Scalar(alphabet[symbol]))
        }
        return text
    }

    /// `text` in groups of `size` characters with a hyphen between them.
    package static func grouped(_ text: String, by size: Int) -> String {
        var grouped = ""
        for (index, character) in text.enumerated() {
            if index > 0, index.isMultiple(of: size) { grouped += "-" }
            grouped.append(character)
        }
        return grouped
    }

    /// The characters of `text` as the alphabet writes them: upper case, `O` as 0, `I` and `L` as 1, without spaces and
    /// hyphens.
    ///
    /// Nil where any other character stands in it.
    package static func normalised(_ text: String) -> String? {
        var normalised = ""
        for byte in text.utf8 where byte != UInt8(ascii: "-") && byte != UInt8(ascii: " ") {
            guard let value = value(of: byte) else { return nil }
            normalised.unicodeScalars.append(Unicode.Scalar(alphabet[Int(value)]))
        }
        return normalised
    }

    private static let values: [UInt8?] = {
        var values = [UInt8?](repeating: nil, count: 256)
        for (value, character) in alphabet.enumerated() {
            values[Int(character)] = UInt8(value)
            if character >= UInt8(ascii: "A") { values[Int(character) + 32] = UInt8(value) }
        }
        for zero in "Oo".utf8 { values[Int(zero)] = 0 }
        for one in "IiLl".utf8 { values[Int(one)] = 1 }
        return values
    }()
}
