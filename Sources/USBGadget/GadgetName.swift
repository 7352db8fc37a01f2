/// What a gadget is called among those of its machine. It becomes the name of folders and of a mount.
package struct GadgetName: Sendable, Hashable, CustomStringConvertible {
    /// The name.
    package let description: String

    /// 1 to 24 lower-case letters, digits and hyphens, the first no hyphen; nil for any other text. FunctionFS takes
    /// names of up to 40 bytes.
    package init?(_ text: String) {
        func isFine(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard (1...24).contains(text.utf8.count), text.utf8.allSatisfy({ isFine($0) || $0 == UInt8(ascii: "-") }),
            let first = text.utf8.first, isFine(first)
        else { return nil }
        description = text
    }

    /// Used where nobody gives another.
    package static let standard = GadgetName(unchecked: "dongle")

    private init(unchecked text: String) { description = text }
}
