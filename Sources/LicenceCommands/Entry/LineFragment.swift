import TransferCodes

/// Parts of a line, as they are typed group by group by whoever has the code read out.
enum LineFragment {
    /// Words that are heard between the characters, beside the spelling alphabet as ``TransferCodes/Spelling`` says it.
    private static let otherWords: Set<String> = [
        "line", "check", "group", "three", "five", "nine", "alpha", "juliet", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    ]
    private static let silentWords: Set<String> = ["line", "check", "group"]
    /// A line has 20 characters, and is put right where one was left out.
    private static let shortest = 19
    private static let words = otherWords.union(Spelling.alphabet.map(\.word))
    private static let characters = Set(Spelling.alphabet.map(\.character) + ["O", "I", "L", "?"])

    /// Whether `text` could be the beginning of a line that goes on: characters of the alphabet, or words of the spelling
    /// alphabet, and fewer of them than the shortest line that can be put right.
    static func isBeginning(_ text: String) -> Bool {
        let parts = text.split { " \t-,.:".contains($0) }.map { $0.lowercased() }
        guard !parts.isEmpty else { return false }
        if parts.allSatisfy({ words.contains($0) || Int($0) != nil }), parts.contains(where: words.contains) {
            return parts.count { words.contains($0) && !silentWords.contains($0) } < shortest
        }
        let symbols = parts.joined().uppercased()
        return symbols.count < shortest && symbols.allSatisfy(characters.contains)
    }
}
