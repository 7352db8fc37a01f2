/// The lines of a code as QR symbols: one, or as many as it takes to keep each comfortable to scan.
///
/// Each symbol holds whole lines with a space between them. A line says by its own check which one it is, so the symbols
/// are read in any order, and one that is missing shows as its lines missing.
package struct QRPicture: Sendable, Hashable {
    /// A symbol with the lines it holds.
    package struct Part: Sendable, Hashable {
        /// The symbol.
        package let symbol: QRSymbol
        /// The numbers of the lines in it, from 1.
        package let lines: ClosedRange<Int>
    }

    /// The symbols, in the order of their lines; at least one.
    package let parts: [Part]

    /// The largest version for pictures on paper and in files: 57 modules, 65 with the margin.
    ///
    /// It follows from the poorest camera in use, 640 × 480 pixels: a symbol that fills two thirds of its height has
    /// 320 pixels there, 4.9 for each of 65 modules, and a reader needs about 3. On paper, 60 mm wide, a module is
    /// 0.9 mm: seven dots of a fax machine, and four are the least to print (Denso Wave, "Point for setting the
    /// module size").
    package static let largestVersion = 10

    /// - Parameters:
    ///   - lines: the lines, 20 characters each, all of the alphanumeric mode.
    ///   - largestVersion: the largest version that a symbol may have.
    /// - Returns: nil where a line alone does not fit, or there is none.
    package init?(lines: [String], largestVersion: Int = Self.largestVersion) {
        guard !lines.isEmpty else { return nil }
        for count in 1...lines.count {
            if let parts = Self.parts(lines, count: count, largestVersion: largestVersion) {
                self.parts = parts
                return
            }
        }
        return nil
    }

    /// The lines in `count` parts that differ by at most one line; nil where one of them is too large.
    private static func parts(_ lines: [String], count: Int, largestVersion: Int) -> [Part]? {
        var parts: [Part] = []
        for index in 0..<count {
            let range = (lines.count * index / count)..<(lines.count * (index + 1) / count)
            guard let symbol = symbol(lines[range].joined(separator: " "), largestVersion) else { return nil }
            parts.append(Part(symbol: symbol, lines: range.lowerBound + 1...range.upperBound))
        }
        return parts
    }

    /// The symbol with the best correction: medium, or better where that makes it no larger, or low where it would not
    /// fit otherwise. Larger modules help a camera more than correction does.
    private static func symbol(_ text: String, _ largestVersion: Int) -> QRSymbol? {
        guard let medium = QRSymbol(text, correction: .medium), medium.version <= largestVersion else {
            return QRSymbol(text, correction: .low).flatMap { $0.version <= largestVersion ? $0 : nil }
        }
        let better = [QRSymbol.Correction.high, .quartile].lazy.compactMap { QRSymbol(text, correction: $0) }
        return better.first { $0.version <= medium.version } ?? medium
    }

    /// The rows and columns of modules of the whole picture: the symbols side by side, each with its own margin.
    package var size: (columns: Int, rows: Int) {
        let sides = parts.map { $0.symbol.width + 2 * QRSymbol.margin }
        return (sides.reduce(0, +), sides.max() ?? 0)
    }

    /// Whether the module at this place of the whole picture is dark.
    package func isDark(column: Int, row: Int) -> Bool {
        var column = column
        for part in parts {
            let side = part.symbol.width + 2 * QRSymbol.margin
            if column < side {
                return part.symbol.isDark(column: column - QRSymbol.margin, row: row - QRSymbol.margin)
            }
            column -= side
        }
        return false
    }
}
