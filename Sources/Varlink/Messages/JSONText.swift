import FoundationEssentials

/// The few scalars of a message that are read without a type to decode them into.
enum JSONText {
    /// The string that a JSON literal (quotes included) stands for; nil if it isn't one.
    static func string(in literal: ArraySlice<UInt8>) -> String? {
        guard literal.count >= 2, literal.first == UInt8(ascii: "\""), literal.last == UInt8(ascii: "\"") else {
            return nil
        }
        if literal.contains(UInt8(ascii: "\\")) {
            // Rare: names have no escapes.
            return try? JSONDecoder().decode(String.self, from: Data(literal))
        }
        return String(validating: literal.dropFirst().dropLast(), as: UTF8.self)
    }

    /// The boolean that a JSON literal stands for; nil if it isn't one.
    static func boolean(in literal: ArraySlice<UInt8>) -> Bool? {
        if literal.elementsEqual("true".utf8) { return true }
        if literal.elementsEqual("false".utf8) { return false }
        return nil
    }
}
