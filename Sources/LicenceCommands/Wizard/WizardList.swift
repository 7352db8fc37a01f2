/// Lists to choose from: a mark in front of each, and what is too long for a line goes on beneath itself.
enum WizardList {
    /// What goes before the text of an item, in characters.
    private static let indent = 5
    /// The marks of a list beside one with numbers.
    static let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)

    /// One item. Columns within `text` stay, where it fits on a line.
    static func item(_ mark: String, _ text: String) -> String {
        let space = String(repeating: " ", count: max(0, 3 - mark.count))
        let line = "\(space)\(mark)  \(PlainOutput.cleaned(text))"
        if line.count <= PlainOutput.width { return line + "\n" }
        return "\(space)\(mark)  " + PlainOutput.wrapped(text, indent: indent).dropFirst(indent)
    }
}
