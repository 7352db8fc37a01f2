/// Rows under headings, aligned with spaces.
struct Table {
    private let headings: [String]
    private var rows: [[String]] = []
    /// What stands between two columns.
    private static let gap = "  "

    init(_ headings: String...) {
        self.headings = headings
    }

    /// Adds a row; cells that are missing are empty. A line end in a cell would break the table, and is replaced too.
    mutating func add(_ cells: String...) {
        rows.append(cells.map { PlainOutput.cleaned($0).replacing("\n", with: "\u{FFFD}") })
    }

    /// The lines, without spaces at their ends.
    var text: String {
        let widths = headings.indices.map { column in
            ([headings] + rows).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return ([headings] + rows).map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let width = column < widths.count ? widths[column] : cell.count
                line += (column == 0 ? "" : Self.gap) + cell + String(repeating: " ", count: max(0, width - cell.count))
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
