import Testing

@testable import TransferCodes

/// Lines that are checked one by one while they are typed.
@Suite struct LineReaderTests {
    @Test(arguments: CodeKind.allCases)
    func aLineAsPrintedIsExact(kind: CodeKind) throws {
        for line in try SampleCodes.code(kind).codeLines {
            let typed = [
                line.text, line.compactText, line.compactText.lowercased(), line.groups.joined(separator: "-"),
                "\(line.number): \(line.compactText)", "\(line.number)\(line.compactText)",
                Spelling.script(for: line).text,
            ]
            for text in typed {
                #expect(LineReader.check(text, kind: kind, line: line.number) == .exact(line))
                #expect(LineReader.check(text, kind: kind) == .exact(line))
                #expect(LineReader.check(text) == .exact(line))
            }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func aWrongCharacterIsPutRight(kind: CodeKind) throws {
        for line in try SampleCodes.code(kind).codeLines {
            for place in 0..<20 {
                var characters = Array(line.compactText)
                let wrong: Character = characters[place] == "7" ? "8" : "7"
                let repair = Repair(
                    line: line.number, group: place / 5 + 1, position: place % 5 + 1, read: String(wrong),
                    correct: String(characters[place]))
                characters[place] = wrong
                let typed = String(characters)
                #expect(LineReader.check(typed, kind: kind, line: line.number) == .repaired(line, [repair]))
                #expect(LineReader.check("\(line.number)  \(typed)", kind: kind) == .repaired(line, [repair]))
                #expect(LineReader.check(typed, kind: kind) == .repaired(line, [repair]))
            }
        }
    }

    @Test func anotherLineOfTheCodeIsNamed() throws {
        let lines = try SampleCodes.code(.request).codeLines
        for asked in 1...4 {
            for typed in lines where typed.number != asked {
                #expect(LineReader.check(typed.text, kind: .request, line: asked) == .wrongLine(actual: typed, []))
                let damaged = "X" + typed.compactText.dropFirst()
                let repair = Repair(
                    line: typed.number, group: 1, position: 1, read: "X", correct: String(typed.compactText.prefix(1)))
                #expect(
                    LineReader.check(damaged, kind: .request, line: asked) == .wrongLine(actual: typed, [repair]))
            }
        }
    }

    @Test func aLineBeyondRepairIsNotTakenForAnotherOne() throws {
        let code = try SampleCodes.code(.start)
        var generator = SeededGenerator(seed: 31)
        var taken = 0
        for line in code.codeLines {
            for _ in 0..<40 {
                var characters = Array(line.compactText)
                for place in (0..<20).shuffled(using: &generator).prefix(3) {
                    let value = characters[place].asciiValue.flatMap(Alphabet.value(ofASCII:)) ?? 0
                    characters[place] = Alphabet.character((value + UInt8(1 + generator.below(31))) & 31)
                }
                let typed = String(characters)
                for verdict in [
                    LineReader.check("\(line.number)  \(typed)", kind: .start, line: 18),
                    LineReader.check("\(line.number)  \(typed)", kind: .start),
                    LineReader.check(typed, kind: .start, line: line.number),
                ] where verdict != .unreadable(.tooManyErrors) { taken += 1 }
            }
        }
        // Of 2160, where one in ten would pass if a number that was said counted for nothing.
        #expect(taken <= 4)
    }

    @Test func aLineOfAnotherKindIsNamed() throws {
        for asked in CodeKind.allCases {
            for typed in CodeKind.allCases where typed != asked {
                for line in try SampleCodes.code(typed).codeLines {
                    #expect(LineReader.check(line.text, kind: asked, line: 1) == .wrongKind(actual: line, []))
                }
            }
        }
    }

    @Test func whatIsNoLineSaysWhy() throws {
        let line = try #require(try SampleCodes.code(.activation).codeLines.last)
        #expect(LineReader.check("") == .unreadable(.empty))
        #expect(LineReader.check(" - ") == .unreadable(.empty))
        #expect(LineReader.check("7K3MQ 2V9DX", kind: .request) == .unreadable(.length(10)))
        #expect(LineReader.check(String(repeating: "7", count: 5000)) == .unreadable(.length(4096)))
        var characters = Array(line.compactText)
        for place in [1, 8, 15] { characters[place] = characters[place] == "7" ? "8" : "7" }
        #expect(LineReader.check(String(characters), kind: .activation, line: 2) == .unreadable(.tooManyErrors))
        #expect(Set([LineFault.empty, .length(3), .tooManyErrors, .ambiguous].map(\.message)).count == 4)
    }

    @Test func aLostOrDoubledCharacterIsPutRight() throws {
        let line = try #require(try SampleCodes.code(.activation).codeLines.last)
        for place in 0..<20 {
            var lost = Array(line.compactText)
            let character = lost.remove(at: place)
            guard case .repaired(line, let repairs) = LineReader.check(String(lost), kind: .activation, line: 2) else {
                Issue.record("\(place): not put right")
                continue
            }
            #expect(repairs.map(\.correct) == [String(character)])
            var doubled = Array(line.compactText)
            doubled.insert(doubled[place], at: place)
            switch LineReader.check(String(doubled), kind: .activation, line: 2) {
            case .repaired(line, let repairs): #expect(repairs.map(\.correct) == [nil])
            // A digit too many in front is taken for the line's number.
            case .exact(line): #expect(place == 0)
            case let other: Issue.record("\(place): \(other)")
            }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func checkedLinesMakeTheCode(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind)
        let lines = code.codeLines
        #expect(try CodeReader.assemble(lines.reversed()) == code)
        #expect(try CodeReader.assemble(lines + lines) == code)
        #expect(try CodeReader.lineCount(of: lines) == lines.count)
        if lines.count > 1 {
            #expect(throws: CodeError.missing(lines: [lines.count])) { try CodeReader.assemble(lines.dropLast()) }
            let other = try SampleCodes.code(kind, seed: 2).codeLines
            #expect(throws: CodeError.conflictingLines(line: 2)) { try CodeReader.assemble(lines + [other[1]]) }
        }
        let foreign = try SampleCodes.code(kind == .request ? .start : .request).codeLines[3]
        #expect(throws: CodeError.foreignLine(4, of: foreign.kind)) { try CodeReader.assemble(lines + [foreign]) }
        #expect(throws: CodeError.nothingFound) { try CodeReader.assemble([]) }
    }

    @Test func onlyTheSecondLineTellsHowManyAStartCodeHas() throws {
        let lines = try SampleCodes.code(.start, certificateLength: 77).codeLines
        #expect(try CodeReader.lineCount(of: [lines[0]]) == nil)
        #expect(try CodeReader.lineCount(of: [lines[1]]) == 10)
        #expect(try CodeReader.lineCount(of: []) == nil)
    }

    // MARK: - Parts of a line

    /// Group by group, in characters or in any of the words that are understood.
    @Test func theBeginningOfALineMayGoOn() throws {
        for (word, _) in SpellingWords.characters {
            #expect(LineReader.mayGoOn([String](repeating: word, count: 18).joined(separator: " ")), "\(word)")
            #expect(!LineReader.mayGoOn([String](repeating: word, count: 19).joined(separator: " ")), "\(word)")
        }
        for text in [
            "7", "7K3MQ", "7k3mq-2v9dx", "line two", "check bravo eight x-ray whisky", "question mark fower",
            "line 2 seven kilo", "7K?MQ", "7KUMQ", "x-ray " + String(repeating: "question mark ", count: 17),
        ] { #expect(LineReader.mayGoOn(text), "\(text)") }
    }

    @Test func whatIsNoBeginningOfALineDoesNotGoOn() throws {
        let line = try CodeVectorFactory.sample(.request).codeLines[0]
        for text in [
            "", " ", "---", line.text, "no such line, sorry for the trouble", String(line.compactText.dropLast()),
            String(repeating: "check ", count: 700),
        ] { #expect(!LineReader.mayGoOn(text), "\(text)") }
    }
}
