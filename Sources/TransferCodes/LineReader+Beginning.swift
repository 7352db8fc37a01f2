extension LineReader {
    /// Whether what was typed may be the beginning of a line that goes on: characters, or words of the spelling alphabet,
    /// that stand for fewer characters than the shortest line that can be put right.
    ///
    /// Whoever writes down what is read out types group by group. What is said between the groups ("line", "check")
    /// stands for nothing; whatever is longer than a line may be, in bytes, is none, however few characters it stands for.
    package static func mayGoOn(_ typed: String) -> Bool {
        let bytes = Array(typed.utf8.prefix(maximumLength + 1))
        guard bytes.count <= maximumLength else { return false }
        let plain = PlainText.utf8(bytes)
        return !TokenStream(plain, spoken: false).symbols.isEmpty
            && TokenStream(plain, spoken: true).symbols.count < LineCode.printedCount - 1
    }
}
