/// The size of a terminal, in characters.
package struct TerminalSize: Sendable, Hashable {
    /// The characters of a line.
    package let columns: Int
    /// The lines.
    package let rows: Int

    package init(columns: Int, rows: Int) {
        (self.columns, self.rows) = (columns, rows)
    }
}
