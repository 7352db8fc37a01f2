import Testing

@testable import TransferCodes

/// What a text is found to hold besides a whole code.
@Suite struct ReadingTests {
    private func reading(_ lines: [String], expecting kind: CodeKind?) -> Reading {
        CodeReader.reading(Array(lines.joined(separator: "\n").utf8), expecting: kind)
    }

    @Test(arguments: CodeKind.allCases)
    func theLinesOfAWholeCodeAreHandedOutWithIt(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 5)
        for expected in [kind, nil] {
            let reading = reading(code.lines.reversed(), expecting: expected)
            #expect(try reading.result.get() == ReadCode(code: code, repairs: []))
            #expect(reading.lines == code.codeLines.map { ReadLine(line: $0, repairs: []) })
        }
    }

    @Test func theLinesThatAreThereAreHandedOutWhereOthersAreMissing() throws {
        let code = try SampleCodes.code(.request, seed: 6)
        let there = [code.codeLines[3], code.codeLines[1]]
        for expected in [CodeKind.request, nil] {
            let reading = reading(there.map(\.compactText), expecting: expected)
            #expect(reading.result == .failure(.missing(lines: [1, 3])))
            #expect(reading.lines == there.reversed().map { ReadLine(line: $0, repairs: []) })
        }
    }

    @Test func bothOfTwoLinesThatDifferAreHandedOut() throws {
        let (code, other) = (try SampleCodes.code(.request, seed: 6), try SampleCodes.code(.request, seed: 7))
        var damaged = Array(other.codeLines[1].text)
        damaged[5] = damaged[5] == "7" ? "8" : "7"
        for rival in [other.lines[1], String(damaged)] {
            let reading = reading(code.lines + [rival], expecting: .request)
            #expect(reading.result == .failure(.conflictingLines(line: 2)))
            #expect(
                reading.lines.filter { $0.line.number == 2 }.map(\.line) == [code.codeLines[1], other.codeLines[1]])
        }
    }

    @Test func aWholeCodeOfAnotherKindIsHandedOut() throws {
        let (code, beside) = (try SampleCodes.code(.activation, seed: 6), try SampleCodes.code(.receipt, seed: 7))
        #expect(reading(code.lines, expecting: .request).stray == code)
        // Also where there is more than one.
        let both = reading(code.lines + [""] + beside.lines, expecting: .request)
        #expect(both.result == .failure(.wrongKind(found: .activation, expected: .request)))
        #expect(both.stray == code)
        #expect(reading(Array(code.lines.prefix(1)), expecting: .request).stray == nil)
        #expect(reading(code.lines, expecting: .activation).stray == nil)
    }

    @Test func onlyLinesInWhichCharactersWerePutRightAreSuspects() throws {
        let lines = try SampleCodes.code(.activation, seed: 8).codeLines.map(\.compactText)
        let wrong = (lines[1].first == "7" ? "8" : "7") + lines[1].dropFirst()
        let read = try CodeReader.read("2  \(lines[0])\n2  \(wrong)\n")
        #expect(read.repairs.map(\.group) == [0, 1])
        #expect(read.suspects == [2])
    }
}
