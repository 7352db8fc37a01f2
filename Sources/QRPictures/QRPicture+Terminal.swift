extension QRPicture {
    /// The lines of text and the columns of a terminal that nobody knows better.
    package static let usualTerminal = (columns: 80, rows: 24)

    /// The largest version that is seen whole in a terminal: a module is a column wide and half a line high, and one
    /// line is left for the prompt. Version 1 where even that does not fit, ``largestVersion`` where more would.
    package static func largestVersion(columns: Int, rows: Int) -> Int {
        let modules = min(columns, max(0, min(rows, 1000) - 1) * 2) - 2 * QRSymbol.margin
        return min(max((modules - 17) / 4, 1), largestVersion)
    }

    /// The symbols one below the other, each as ``QRSymbol/terminalText(coloured:)`` has it, with the numbers of its lines
    /// above where there are several.
    package func terminalText(coloured: Bool) -> String {
        parts.map { part in
            let heading = parts.count == 1 ? "" : "lines \(part.lines.lowerBound) to \(part.lines.upperBound)\n"
            return heading + part.symbol.terminalText(coloured: coloured)
        }.joined(separator: "\n")
    }
}

extension QRSymbol {
    /// The symbol in half blocks, two rows of modules in each line of text.
    ///
    /// - Parameter coloured: with the escape sequences that make it black on white whatever the terminal's colours are;
    ///   without them it has to be shown dark on light.
    package func terminalText(coloured: Bool) -> String {
        let (start, end) = coloured ? ("\u{1B}[30;107m", "\u{1B}[0m") : ("", "")
        let range = -Self.margin..<width + Self.margin
        return stride(from: range.lowerBound, to: range.upperBound, by: 2).map { row in
            let line = range.map { column in
                switch (isDark(column: column, row: row), isDark(column: column, row: row + 1)) {
                case (false, false): " "
                case (true, false): "▀"
                case (false, true): "▄"
                case (true, true): "█"
                }
            }
            return start + line.joined() + end + "\n"
        }.joined()
    }
}
