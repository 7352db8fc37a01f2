/// The lines that stand above a code where it is printed.
enum PrintedHeading {
    /// Whether a line is one of them: who pastes a whole `.aut` text need not be told that they are no lines of the code.
    static func contains(_ line: String) -> Bool {
        ["Offline Transfer:", "Transfer:", "Product:", "Needs:", "Next:", "almctl "].contains { line.hasPrefix($0) }
    }
}
