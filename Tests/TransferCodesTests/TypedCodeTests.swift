import Testing

@testable import TransferCodes

/// Entering a code line by line.
@Suite struct TypedCodeTests {
    private static func entry(_ line: CodeLine, _ repairs: [Repair] = []) -> TypedCode.Entry {
        TypedCode.Entry(line: line, repairs: repairs)
    }

    /// The line's text with a character wrong, and the repair that takes.
    private static func damaged(_ line: CodeLine, _ place: Int) -> (text: String, repair: Repair) {
        var characters = Array(line.compactText)
        let wrong = CodeVectorFactory.other(than: characters[place])
        let repair = Repair(
            line: line.number, group: place / 5 + 1, position: place % 5 + 1, read: String(wrong),
            correct: String(characters[place]))
        characters[place] = wrong
        return ("\(line.number)  \(String(characters))", repair)
    }

    @Test(arguments: CodeKind.allCases, 1...5 as ClosedRange<UInt64>)
    func linesMayComeInAnyOrder(kind: CodeKind, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let code = try SampleCodes.code(kind, seed: seed, certificateLength: 70)
        let lines = code.codeLines.shuffled(using: &generator)
        for expected in [kind, nil, kind == .start ? .shortStart : kind] {
            var typed = TypedCode(expecting: expected)
            for (count, line) in lines.enumerated() {
                #expect(throws: CodeError.self) { try typed.result.get() }
                #expect(typed.enter(line.text) == .taken(Self.entry(line)))
                #expect(typed.entries.count == count + 1)
                #expect(!typed.missing.contains(line.number))
            }
            #expect(typed.kind == kind)
            #expect(typed.missing.isEmpty)
            #expect(try typed.result.get() == ReadCode(code: code, repairs: []))
        }
    }

    @Test func whatIsMissingIsKnownAsSoonAsItCanBe() throws {
        let lines = try SampleCodes.code(.start, certificateLength: 60).codeLines
        var typed = TypedCode(expecting: .start)
        #expect(typed.missing == [1])
        #expect(typed.lineCount == nil)
        _ = typed.enter(lines[3].text)
        #expect(typed.missing == [1, 2, 3])
        _ = typed.enter(lines[1].text)
        #expect(typed.lineCount == 9)
        #expect(typed.missing == [1, 3, 5, 6, 7, 8, 9])
        #expect(throws: CodeError.missing(lines: typed.missing)) { try typed.result.get() }
    }

    @Test(arguments: CodeKind.allCases)
    func aRepairTellsItsPlaceAndStaysWithTheCode(kind: CodeKind) throws {
        let code = try CodeVectorFactory.sample(kind)
        for place in 0..<20 {
            var typed = TypedCode(expecting: kind)
            var repairs: [Repair] = []
            for line in code.codeLines {
                let (text, repair) = Self.damaged(line, (place + line.number) % 20)
                let entry = Self.entry(line, [repair])
                #expect(typed.enter(text) == .taken(entry))
                #expect(entry.isCheckGroupMisread == (repair.group == 4))
                repairs.append(repair)
            }
            #expect(try typed.result.get() == ReadCode(code: code, repairs: repairs))
        }
    }

    @Test func linesOfAFileAreTakenWithWhatWasPutRightInThem() throws {
        let (code, other) = (try CodeVectorFactory.sample(.start), try CodeVectorFactory.sample(.start, seed: 32))
        let (text, repair) = Self.damaged(other.codeLines[4], 3)
        let lines = code.codeLines.filter { $0.number < 4 }.map(\.text) + [text]
        let reading = CodeReader.reading(Array(lines.joined(separator: "\n").utf8), expecting: .start)
        #expect(throws: CodeError.self) { try reading.result.get() }
        #expect(
            reading.lines == code.codeLines.prefix(3).map { Self.entry($0) } + [
                Self.entry(other.codeLines[4], [repair])
            ])
        var typed = TypedCode(expecting: .start)
        for line in reading.lines { #expect(typed.take(line) == .taken(line)) }
        for line in code.codeLines where line.number == 4 || line.number > 5 { _ = typed.enter(line.text) }
        #expect(throws: CodeError.checkFailed(suspects: [5])) { try typed.result.get() }
        // What is typed is for one kind, wherever it comes from.
        let stray = Self.entry(try CodeVectorFactory.sample(.request).codeLines[0])
        #expect(typed.take(stray) == .otherKind(stray, expected: .start))
    }

    @Test func theSameLineAgainChangesNothingAndConfirmsWhatWasPutRight() throws {
        let code = try CodeVectorFactory.sample(.request)
        let line = code.codeLines[1]
        let (text, repair) = Self.damaged(line, 7)
        var typed = TypedCode(expecting: .request)
        #expect(typed.enter(text) == .taken(Self.entry(line, [repair])))
        #expect(typed.enter(text) == .again(Self.entry(line, [repair])))
        #expect(typed.enter(line.text) == .again(Self.entry(line)))
        #expect(typed.enter(text) == .again(Self.entry(line)))
        #expect(typed.entries == [Self.entry(line)])
    }

    @Test func aLineThatDiffersIsKeptBesideTheFirstUntilSomebodyDecides() throws {
        let (code, other) = (
            try CodeVectorFactory.sample(.activation), try CodeVectorFactory.sample(.activation, seed: 32)
        )
        var typed = TypedCode(expecting: .activation)
        for line in code.codeLines { _ = typed.enter(line.text) }
        let (mine, rival) = (code.codeLines[1], other.codeLines[1])
        #expect(typed.enter(rival.text) == .conflict(Self.entry(rival), held: Self.entry(mine)))
        #expect(typed.enter(rival.text) == .conflict(Self.entry(rival), held: Self.entry(mine)))
        #expect(typed.conflicts == [2])
        #expect(typed.candidates(for: 2) == [Self.entry(mine), Self.entry(rival)])
        #expect(throws: CodeError.conflictingLines(line: 2)) { try typed.result.get() }
        let isDecided = typed.decide(other.codeLines[0])
        #expect(!isDecided)
        var kept = typed
        kept.decide(mine)
        #expect(try kept.result.get().code == code)
        typed.decide(rival)
        #expect(typed.entries == [Self.entry(code.codeLines[0]), Self.entry(rival)])
    }

    /// What is kept of one line has an end, and what was kept before stays.
    @Test func onlySoManyReadingsOfALineAreKept() throws {
        let readings = try (1...10 as ClosedRange<UInt64>).map { seed in
            try CodeVectorFactory.sample(.activation, seed: seed).codeLines[0]
        }
        var typed = TypedCode(expecting: .activation)
        for reading in readings { _ = typed.enter(reading.text) }
        let count = TypedCode.mostCandidates
        #expect(typed.candidates(for: 1).map(\.line) == Array(readings.prefix(count)))
        #expect(typed.enter(readings[9].text) == .crowded(Self.entry(readings[9]), count: count))
        #expect(typed.enter(readings[5].text) == .conflict(Self.entry(readings[5]), held: Self.entry(readings[0])))
        #expect(TypedCode(saved: typed.saved) == typed)
        #expect(TypedCode(saved: typed.saved + "rival \(readings[9].text)\n") == nil)
        typed.decide(readings[3])
        #expect(typed.enter(readings[9].text) == .conflict(Self.entry(readings[9]), held: Self.entry(readings[3])))
    }

    @Test func aLineTypedAsPrintedCorrectsOneThatWasPutRightToSomethingElse() throws {
        let (code, other) = (
            try CodeVectorFactory.sample(.activation), try CodeVectorFactory.sample(.activation, seed: 32)
        )
        let (wrong, right) = (other.codeLines[0], code.codeLines[0])
        let (text, repair) = Self.damaged(wrong, 12)
        var typed = TypedCode(expecting: .activation)
        _ = typed.enter(text)
        #expect(typed.enter(right.text) == .corrected(Self.entry(right), former: Self.entry(wrong, [repair])))
        _ = typed.enter(code.codeLines[1].text)
        #expect(try typed.result.get() == ReadCode(code: code, repairs: []))
        // The other way round it is for somebody to decide.
        #expect(typed.enter(text) == .conflict(Self.entry(wrong, [repair]), held: Self.entry(right)))
    }

    @Test func linesOfAnotherKindAreNamedAndNotKept() throws {
        for kind in CodeKind.allCases {
            for other in CodeKind.allCases where other != kind && Set([kind, other]) != [.start, .shortStart] {
                let line = try #require(try CodeVectorFactory.sample(other).codeLines.last)
                var typed = TypedCode(expecting: kind)
                #expect(typed.enter(line.text) == .otherKind(Self.entry(line), expected: kind))
                #expect(typed.entries.isEmpty)
            }
        }
        // Either form of start code is taken, but not both.
        for (begun, other) in [(CodeKind.start, CodeKind.shortStart), (.shortStart, .start)] {
            let lines = try (CodeVectorFactory.sample(begun).codeLines, CodeVectorFactory.sample(other).codeLines)
            var typed = TypedCode(expecting: .start)
            _ = typed.enter(lines.0[0].text)
            #expect(typed.enter(lines.1[1].text) == .otherKind(Self.entry(lines.1[1]), expected: begun))
        }
        // One that was misread in one place, with its number in front, is still known for what it is.
        let line = try CodeVectorFactory.sample(.request).codeLines[2]
        let (text, repair) = Self.damaged(line, 8)
        var typed = TypedCode(expecting: .activation)
        #expect(typed.enter(text) == .otherKind(Self.entry(line, [repair]), expected: .activation))
    }

    @Test func aNumberThatTheCodeDoesNotHaveIsNamed() throws {
        let (short, long) = (
            try SampleCodes.code(.start, certificateLength: 20), try SampleCodes.code(.start, certificateLength: 100)
        )
        var typed = TypedCode(expecting: .start)
        for line in short.codeLines { _ = typed.enter(line.text) }
        let beyond = long.codeLines[6]
        #expect(typed.enter(beyond.text) == .beyond(Self.entry(beyond), count: short.codeLines.count))
        #expect(try typed.result.get().code == short)
    }

    @Test func aCodeThatIsTooNewIsRefusedAtItsFirstLine() throws {
        var symbols = try CodeVectorFactory.sample(.request).dataSymbols
        symbols[1] |= 8
        let text = String(decoding: CodeVectorFactory.carrying(CodeKind.request.rawValue, symbols), as: UTF8.self)
        var typed = TypedCode(expecting: .request)
        let first = try #require(text.split(separator: "\n").first)
        #expect(typed.enter(String(first)) == .refused(.unknownVersion(.request, version: 2)))
        #expect(typed.entries.isEmpty)
    }

    @Test func whatIsNoLineSaysWhyAndTakesNothingAway() throws {
        let line = try CodeVectorFactory.sample(.request).codeLines[0]
        var typed = TypedCode(expecting: .request)
        _ = typed.enter(line.text)
        #expect(typed.enter("") == .unreadable(.empty))
        #expect(typed.enter("7K3MQ 2V9DX") == .unreadable(.length(10)))
        #expect(typed.enter("2  VVVVV VVVVV VVVVV VVVVV") == .unreadable(.tooManyErrors))
        #expect(typed.entries == [Self.entry(line)])
    }

    @Test func suspectsAreNamedWhenTheStartCodesCheckFails() throws {
        let (code, other) = (try CodeVectorFactory.sample(.start), try CodeVectorFactory.sample(.start, seed: 32))
        var typed = TypedCode(expecting: .start)
        for line in code.codeLines where line.number != 5 { _ = typed.enter(line.text) }
        _ = typed.enter(Self.damaged(other.codeLines[4], 3).text)
        #expect(throws: CodeError.checkFailed(suspects: [5])) { try typed.result.get() }
        // Typing the suspect again, rightly, is all it takes.
        _ = typed.enter(code.codeLines[4].text)
        #expect(try typed.result.get().code == code)
    }

    @Test func aLineTakenOutCanBeTypedAnew() throws {
        let code = try CodeVectorFactory.sample(.receipt)
        var typed = TypedCode()
        _ = typed.enter(code.codeLines[0].text)
        typed.remove(line: 1)
        #expect(typed == TypedCode())
    }

    // MARK: Saving

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func anythingTypedIsTheSameAfterSaving(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let kind = CodeKind.allCases[generator.below(6)]
        let codes = try (1...3).map { try SampleCodes.code(kind, seed: seed &+ $0, certificateLength: 50) }
        var typed = TypedCode(expecting: generator.below(2) == 0 ? kind : nil)
        for _ in 0..<20 {
            let lines = codes[generator.below(3)].codeLines
            let line = lines[generator.below(lines.count)]
            let before = typed
            var text = line.text
            switch generator.below(4) {
            case 0: text = Self.damaged(line, generator.below(20)).text
            case 1: text.remove(at: text.index(text.startIndex, offsetBy: 3 + generator.below(5)))
            default: break
            }
            _ = typed.enter(text)
            // Nothing that was there is gone, unless a better line took its place or a repair was confirmed.
            for number in 1...18 {
                #expect(typed.candidates(for: number).count >= before.candidates(for: number).count)
            }
            let restored = try #require(TypedCode(saved: typed.saved))
            #expect(restored == typed)
            #expect(restored.saved == typed.saved)
        }
    }

    @Test func whatIsNoSavedCodeIsRefused() throws {
        var typed = TypedCode(expecting: .activation)
        for line in try CodeVectorFactory.sample(.activation).codeLines { _ = typed.enter(line.text) }
        let saved = typed.saved
        #expect(TypedCode(saved: saved) == typed)
        let lines = saved.split(separator: "\n").map(String.init)
        let broken = [
            "", "alm typed code 2\n", "alm typed code 1\n", "alm typed code 1\nexpecting W\n",
            saved.replacing("line 1", with: "lime 1"), saved.replacing("line 1  A", with: "line 1  B"),
            saved + lines[2] + "\n", saved + "rival" + lines[2].dropFirst(4) + "\n", saved + "repair 1\n",
            saved + "repair 5 1 A B\n", "rival" + saved.dropFirst(4),
        ]
        for text in broken { #expect(TypedCode(saved: text) == nil, "\(text)") }
        for length in 0..<saved.utf8.count { _ = TypedCode(saved: String(saved.prefix(length))) }
    }
}
