import Testing

/// Every kind of code, loaded at every state of a transfer: at its source, its target, a rival that answered the same
/// start code, and a stranger that has nothing to do with it.
///
/// In the table `ok` is a step that changes something, `again` the same answer as before with nothing changed, and a name
/// is a refusal, which changes nothing, but for one: a request that answers nothing is counted where offers are open
/// (`requestUnknown+`).
@Suite struct ReplayMatrixTests {
    @Test(arguments: ReplayWorld.allCases)
    func everyCellIsAsListed(_ world: ReplayWorld) throws {
        let rows = try Self.rows(of: world)
        #expect(rows.map(\.loader) == ReplayLoader.allCases.map(\.rawValue))
        for (row, loader) in zip(rows, ReplayLoader.allCases) {
            try #require(row.cells.count == ReplayCode.listed.count)
            for (code, listed) in zip(ReplayCode.listed, row.cells) {
                let outcome = try world.outcome(of: code, at: loader)
                #expect(outcome == listed, "\(world): the \(code) loaded at the \(loader)")
            }
        }
    }

    @Test(arguments: ReplayWorld.allCases)
    func aShortStartCodeDoesWhatTheLongOneDoes(_ world: ReplayWorld) throws {
        for loader in ReplayLoader.allCases {
            let long = try world.outcome(of: .start, at: loader)
            #expect(try world.outcome(of: .shortStart, at: loader) == long, "\(world): loaded at the \(loader)")
        }
    }

    @Test func theTableHasNoOtherWorlds() throws {
        #expect(replayTable.split(separator: "\n\n").count == ReplayWorld.allCases.count)
        let cells = try ReplayWorld.allCases.flatMap(Self.rows).reduce(0) { $0 + $1.cells.count }
        print("shown: \(cells) cells at \(ReplayWorld.allCases.count) states of a transfer")
    }

    private static func rows(of world: ReplayWorld) throws -> [(loader: String, cells: [String])] {
        let paragraph = try #require(replayTable.split(separator: "\n\n").first { $0.hasPrefix("\(world.rawValue)\n") })
        return paragraph.split(separator: "\n").dropFirst().map { line in
            let words = line.split(separator: " ").map(String.init)
            return (words[0], Array(words.dropFirst()))
        }
    }
}
