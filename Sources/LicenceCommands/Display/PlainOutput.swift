import Licensing

/// Text that is fit for a terminal.
enum PlainOutput {
    /// The width that lists keep to where they can, in characters.
    static let width = 80

    /// `text` with every scalar that could move a cursor or reorder letters replaced; line ends stay.
    static func cleaned(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0 != "\n" && !$0.isPrintable }) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\n" || $0.isPrintable ? $0 : "\u{FFFD}" }))
    }

    /// The words of `text` in lines of at most ``width`` characters, each after `indent` spaces. A longer word stands
    /// alone, uncut: it may be a name that somebody has to copy.
    static func wrapped(_ text: String, indent: Int = 0) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            if !line.isEmpty, indent + line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        if !line.isEmpty { lines.append(line) }
        return lines.map { String(repeating: " ", count: indent) + $0 + "\n" }.joined()
    }
}
