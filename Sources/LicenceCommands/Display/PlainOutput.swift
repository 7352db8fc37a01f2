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

    /// The words of `text` in lines of at most ``width`` characters, each after `indent` spaces. What is longer stands
    /// alone, uncut: it may be a name that somebody has to copy. A command stays on one line where it can.
    static func wrapped(_ text: String, indent: Int = 0) -> String {
        var lines: [String] = []
        var line = ""
        for part in parts(of: text) {
            if !line.isEmpty, indent + line.count + 1 + part.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + part
        }
        if !line.isEmpty { lines.append(line) }
        return lines.map { String(repeating: " ", count: indent) + $0 + "\n" }.joined()
    }

    /// The words, those of a command together: the program with its subcommand and what follows that, an option with
    /// what stands before and behind it. Of subcommands that have some themselves, what follows those.
    private static func parts(of text: String) -> [String] {
        let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        var parts: [String] = []
        for (index, word) in words.enumerated() {
            let before = words[..<index].suffix(3)
            let isOfSubcommand = before.count == 3 && before.first?.hasSuffix("almctl") ?? false
            let isBound =
                word.hasPrefix("--") || before.last?.hasPrefix("--") ?? false
                || before.suffix(2).contains { $0.hasSuffix("almctl") || $0 == "offline-transfer" }
                || isOfSubcommand && before.dropFirst().first == "certificate"
            if isBound, let last = parts.popLast() {
                parts.append("\(last) \(word)")
            } else {
                parts.append(word)
            }
        }
        return parts
    }
}
