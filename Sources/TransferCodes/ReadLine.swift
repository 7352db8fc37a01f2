/// A line of a code that was read, and what had to be put right in it.
package struct ReadLine: Sendable, Hashable {
    /// The line as it was printed.
    package let line: CodeLine
    /// What was put right, in the order of the places; empty where it was read as printed.
    package let repairs: [Repair]

    /// - Parameters: as the properties.
    package init(line: CodeLine, repairs: [Repair]) {
        (self.line, self.repairs) = (line, repairs)
    }

    /// Whether something was put right, and in the check group alone: what the line says was then read rightly.
    package var isCheckGroupMisread: Bool {
        !repairs.isEmpty && repairs.allSatisfy { $0.group == 4 }
    }
}
