import QRPictures
import Testing

/// How the lines of a code become QR symbols.
@Suite struct QRPictureTests {
    /// So many lines of 20 characters.
    private static func lines(_ count: Int) -> [String] {
        let characters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        return (0..<count).map { line in String((0..<20).map { characters[($0 * 7 + line * 11) % 32] }) }
    }

    @Test(arguments: [1, 2, 4, 17, 18])
    func fitsEveryCodeIntoOneComfortableSymbol(count: Int) throws {
        let picture = try #require(QRPicture(lines: Self.lines(count)))
        #expect(picture.parts.count == 1)
        #expect(picture.parts[0].lines == 1...count)
        #expect(picture.parts[0].symbol.version <= QRPicture.largestVersion)
    }

    @Test func usesAlphanumericMode() throws {
        // 377 characters: version 10 with low correction holds 395 of this mode, but only 271 bytes (ISO/IEC 18004,
        // table 7).
        let symbol = try #require(QRSymbol(Self.lines(18).joined(separator: " "), correction: .low))
        #expect(symbol.version == 10)
        #expect(symbol.width == 57)
    }

    /// The more room there is in a symbol of the size that is needed anyhow, the more damage it stands.
    @Test(arguments: [(1, QRSymbol.Correction.medium, 1), (2, .quartile, 3), (4, .medium, 4), (18, .low, 10)])
    func takesTheBestCorrectionThatMakesItNoLarger(lines: Int, correction: QRSymbol.Correction, version: Int) throws {
        let symbol = try #require(QRPicture(lines: Self.lines(lines))).parts[0].symbol
        #expect(symbol.version == version)
        #expect(symbol.correction == correction)
    }

    @Test func splitsIntoPartsOfWholeLinesThatDifferByOneAtMost() throws {
        for largest in [1, 2, 3, 5, 8] {
            for count in 1...18 {
                let picture = try #require(QRPicture(lines: Self.lines(count), largestVersion: largest))
                #expect(picture.parts.allSatisfy { $0.symbol.version <= largest })
                #expect(picture.parts.flatMap { Array($0.lines) } == Array(1...count))
                let sizes = picture.parts.map(\.lines.count)
                #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
            }
        }
        let picture = try #require(QRPicture(lines: Self.lines(18), largestVersion: 5))
        #expect(picture.parts.map(\.lines) == [1...6, 7...12, 13...18])
    }

    @Test func hasNoPictureOfNothing() {
        #expect(QRPicture(lines: []) == nil)
        #expect(QRPicture(lines: Self.lines(2), largestVersion: 0) == nil)
        #expect(QRPicture(lines: ["not of the mode"]) == nil)
        #expect(QRSymbol("", correction: .low) == nil)
        #expect(QRSymbol(String(repeating: "A", count: 5000), correction: .low) == nil)
    }

    @Test func standsInAMarginOfFourModules() throws {
        let picture = try #require(QRPicture(lines: Self.lines(18), largestVersion: 5))
        let (columns, rows) = picture.size
        #expect((columns, rows) == (3 * 45, 45))
        let dark = (0..<rows).flatMap { row in
            (0..<columns).filter { picture.isDark(column: $0, row: row) }.map { (column: $0, row: row) }
        }
        #expect(dark.allSatisfy { (4..<41).contains($0.row) && (4..<41).contains($0.column % 45) })
        // The corner of a finder pattern, in each of the three.
        for column in [4, 49, 94] { #expect(picture.isDark(column: column, row: 4)) }
        for place in [-1, 135] { #expect(!picture.isDark(column: place, row: place)) }
    }

    // MARK: - Terminals

    @Test(arguments: [
        (80, 24, 5), (80, 25, 5), (200, 60, 10), (80, 60, 10), (60, 60, 8), (40, 24, 3), (20, 10, 1), (0, 0, 1),
        (1 << 40, 1 << 40, 10),
    ])
    func fitsTheTerminal(columns: Int, rows: Int, version: Int) {
        #expect(QRPicture.largestVersion(columns: columns, rows: rows) == version)
    }

    @Test func drawsTwoRowsOfModulesInALine() throws {
        let picture = try #require(QRPicture(lines: Self.lines(4)))
        let rows = picture.terminalText(coloured: false).split(separator: "\n").map(Array.init)
        #expect(rows.count == 21)
        let symbol = picture.parts[0].symbol
        for row in 0..<symbol.width {
            for column in 0..<symbol.width {
                let half = rows[(row + 4) / 2][column + 4]
                #expect((half == "█" || half == (row % 2 == 0 ? "▀" : "▄")) == symbol.isDark(column: column, row: row))
            }
        }
        #expect(rows.allSatisfy { $0.count == symbol.width + 8 })
        let coloured = picture.terminalText(coloured: true).split(separator: "\n")
        #expect(coloured.allSatisfy { $0.hasPrefix("\u{1B}[30;107m") && $0.hasSuffix("\u{1B}[0m") })
    }

    @Test func saysWhichLinesAreInEachPart() throws {
        let picture = try #require(QRPicture(lines: Self.lines(18), largestVersion: 5))
        let text = picture.terminalText(coloured: false)
        #expect(text.hasPrefix("lines 1 to 6\n"))
        #expect(text.contains("\nlines 7 to 12\n"))
        #expect(text.contains("\nlines 13 to 18\n"))
    }

    // MARK: - SVG

    @Test func escapesWhatStandsInMarkup() throws {
        let svg = try #require(QRPicture(lines: Self.lines(1))).svg(title: "<b> & \"c\"", description: "a > b")
        #expect(svg.contains("<title id=\"qr-title\">&lt;b&gt; &amp; &quot;c&quot;</title>"))
        #expect(svg.contains("a &gt; b"))
    }
}
