import Testing

@testable import TransferCodes

/// What is put right in whole codes, and that it is reported.
@Suite struct RepairTests {
    /// The printed text with one line's twenty characters changed.
    static func text(_ code: TransferCode, line: Int, _ change: (inout [Character]) -> Void) -> String {
        code.codeLines.map { codeLine in
            guard codeLine.number == line else { return codeLine.text }
            var characters = Array(codeLine.compactText)
            change(&characters)
            let groups = stride(from: 0, to: characters.count, by: 5)
                .map { String(characters[$0..<min($0 + 5, characters.count)]) }
            return "\(line)  \(groups.joined(separator: " "))"
        }.joined(separator: "\n") + "\n"
    }

    /// Another character of the alphabet.
    private static func other(than character: Character, by step: Int) -> Character {
        let value = character.asciiValue.flatMap(Alphabet.value(ofASCII:)) ?? 0
        return Alphabet.character((value + UInt8(step)) & 31)
    }

    @Test(arguments: CodeKind.allCases)
    func everySubstitutionOfOneCharacterIsPutRightAndReported(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, certificateLength: 20)
        for line in code.codeLines {
            for place in 0..<20 {
                let right = Array(line.compactText)[place]
                // Of the longest code, with its eighteen lines, a sample; `make soak-faults` goes through all.
                for step in kind == .start ? [1, 9, 30] : Array(1...31) {
                    let wrong = Self.other(than: right, by: step)
                    let text = Self.text(code, line: line.number) { $0[place] = wrong }
                    let read = try CodeReader.read(text, expecting: step == 9 ? nil : kind)
                    #expect(read.code == code)
                    #expect(
                        read.repairs == [
                            Repair(
                                line: line.number, group: place / 5 + 1, position: place % 5 + 1,
                                read: String(wrong), correct: String(right))
                        ])
                }
            }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func everySwapOfNeighboursIsPutRightAndReported(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 2, certificateLength: 40)
        for line in code.codeLines {
            let characters = Array(line.compactText)
            for place in 0..<19 where characters[place] != characters[place + 1] {
                let text = Self.text(code, line: line.number) { $0.swapAt(place, place + 1) }
                let read = try CodeReader.read(text, expecting: kind)
                #expect(read.code == code)
                #expect(read.repairs.map { $0.group * 5 + $0.position } == [place + 6, place + 7])
            }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func anyTwoWrongCharactersInEveryLineArePutRight(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 3)
        var generator = SeededGenerator(seed: 30)
        for first in 0..<20 {
            for second in first + 1..<20 where kind != .start || (first + second) % 19 == 0 {
                // Both characters of every line at once; nothing in the text is right as it stands.
                let lines = code.codeLines.map { line in
                    var characters = Array(line.compactText)
                    for place in [first, second] {
                        characters[place] = Self.other(than: characters[place], by: 1 + generator.below(31))
                    }
                    return "\(line.number)  \(String(characters))"
                }
                let read = try CodeReader.read(lines.joined(separator: "\n"), expecting: kind)
                #expect(read.code == code)
                #expect(read.repairs.count == 2 * lines.count)
                #expect(read.suspects == Array(1...lines.count))
            }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func fiveUnreadableCharactersInEveryLineArePutRight(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 4)
        var generator = SeededGenerator(seed: 40)
        let groups = (0..<4).map { group in Array(group * 5..<group * 5 + 5) }
        for places in groups + (0..<20).map({ _ in Array((0..<20).shuffled(using: &generator).prefix(5)) }) {
            let lines = code.codeLines.map { line in
                var characters = Array(line.compactText)
                for place in places { characters[place] = "?" }
                return "\(line.number)  \(String(characters))"
            }
            let read = try CodeReader.read(lines.joined(separator: "\n"), expecting: kind)
            #expect(read.code == code)
            #expect(read.repairs.count == 5 * lines.count)
            #expect(read.repairs.allSatisfy { $0.read == "?" })
        }
    }

    @Test func charactersOutsideTheAlphabetCountAsUnreadable() throws {
        let code = try SampleCodes.code(.activation)
        let right = Array(code.codeLines[1].compactText)
        let text = Self.text(code, line: 2) { $0.replaceSubrange(3...6, with: ["U", "é", "Ж", "u"]) }
        let read = try CodeReader.read(text)
        #expect(read.code == code)
        #expect(read.repairs.map(\.read) == ["U", "?", "?", "U"])
        #expect(read.repairs.map(\.correct) == right[3...6].map { String($0) })
    }

    @Test(arguments: CodeKind.allCases)
    func threeWrongCharactersInALineAreRefusedWithTheLineNamed(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 5)
        var generator = SeededGenerator(seed: 50)
        for line in code.codeLines {
            for _ in 0..<(kind == .start ? 20 : 200) {
                let places = (0..<20).shuffled(using: &generator).prefix(3)
                let text = Self.text(code, line: line.number) { characters in
                    for place in places {
                        characters[place] = Self.other(than: characters[place], by: 1 + generator.below(31))
                    }
                }
                #expect(throws: CodeError.unreadable(lines: [line.number])) {
                    try CodeReader.read(text, expecting: kind)
                }
            }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func aLostCharacterIsPutRight(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 6)
        for line in code.codeLines {
            for place in 0..<20 {
                for grouped in [true, false] {
                    let lines = code.codeLines.map { other in
                        guard other.number == line.number else { return other.text }
                        var groups = grouped ? other.groups.map { Array($0) } : [Array(other.compactText)]
                        groups[grouped ? place / 5 : 0].remove(at: grouped ? place % 5 : place)
                        return "\(other.number)  \(groups.map { String($0) }.joined(separator: " "))"
                    }
                    let read = try CodeReader.read(lines.joined(separator: "\n"), expecting: kind)
                    #expect(read.code == code)
                    // A lost character that its line's number replaces is not missed.
                    if place == 0, line.compactText.hasPrefix("\(line.number)") { continue }
                    #expect(read.repairs.count == 1)
                    #expect(read.repairs.first?.line == line.number)
                    #expect(read.repairs.first?.read == nil)
                    #expect(read.repairs.first?.correct == String(Array(line.compactText)[place]))
                }
            }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func aCharacterTooManyIsPutRight(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 7)
        var generator = SeededGenerator(seed: 70)
        for line in code.codeLines {
            for place in 0..<20 {
                for doubled in [true, false] {
                    let lines = code.codeLines.map { other in
                        guard other.number == line.number else { return other.text }
                        var groups = other.groups.map { Array($0) }
                        let extra =
                            doubled ? groups[place / 5][place % 5] : Alphabet.character(UInt8(generator.below(32)))
                        groups[place / 5].insert(extra, at: place % 5)
                        return "\(other.number)  \(groups.map { String($0) }.joined(separator: " "))"
                    }
                    let read = try CodeReader.read(lines.joined(separator: "\n"), expecting: kind)
                    #expect(read.code == code)
                    #expect(read.repairs.map(\.line) == [line.number])
                    #expect(read.repairs.map(\.group) == [place / 5 + 1])
                    #expect(read.repairs.map(\.correct) == [nil])
                }
            }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func anyTwoLinesMayBeSwapped(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 10)
        let lines = code.codeLines
        for first in lines.indices {
            for second in lines.indices where second > first {
                var swapped = lines
                swapped.swapAt(first, second)
                let moved = try CodeReader.read(swapped.map(\.text).joined(separator: "\n"), expecting: kind)
                #expect(moved.code == code)
                #expect(moved.repairs.isEmpty)
                // The same with the numbers left where they were.
                let numbered = swapped.enumerated().map { "\($0 + 1)  \($1.groups.joined(separator: " "))" }
                let read = try CodeReader.read(numbered.joined(separator: "\n"), expecting: kind)
                #expect(read.code == code)
                let numbers = [(first, second), (second, first)].map { right, wrong in
                    Repair(line: right + 1, group: 0, position: 1, read: "\(wrong + 1)", correct: "\(right + 1)")
                }
                #expect(read.repairs == numbers)
            }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func aDoubledLineDoesNoHarm(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 10)
        for line in code.lines.indices {
            let read = try CodeReader.read((code.lines + [code.lines[line]]).joined(separator: "\n"), expecting: kind)
            #expect(read.code == code)
            #expect(read.repairs.isEmpty)
        }
    }

    @Test func wrongLineNumbersArePutRightAndReported() throws {
        let code = try SampleCodes.code(.request)
        let lines = code.codeLines
        let swapped = [1, 3, 2, 4].enumerated().map { index, number in
            "\(number)  \(lines[index].groups.joined(separator: " "))"
        }
        let read = try CodeReader.read(swapped.joined(separator: "\n"))
        #expect(read.code == code)
        #expect(
            read.repairs == [
                Repair(line: 2, group: 0, position: 1, read: "3", correct: "2"),
                Repair(line: 3, group: 0, position: 1, read: "2", correct: "3"),
            ])
    }

    @Test(arguments: CodeKind.allCases)
    func aWrongCharacterInALineWithoutNumberIsPutRight(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 8)
        for line in code.codeLines {
            for place in 0..<20 {
                let lines = code.codeLines.map { other in
                    var characters = Array(other.compactText)
                    if other.number == line.number { characters[place] = Self.other(than: characters[place], by: 7) }
                    return String(characters)
                }
                for separator in ["\n", " "] {
                    let read = try CodeReader.read(lines.joined(separator: separator))
                    #expect(read.code == code)
                    #expect(read.repairs.count == 1)
                    #expect(read.suspects == [line.number])
                }
            }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func aWordHeardWronglyIsPutRight(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 9)
        for (wrong, read) in [("mike", "M"), ("unreadable", "?"), ("question mark", "?")] {
            for line in code.codeLines {
                let spoken = Spelling.script(for: code).map { script in
                    var words = script.groups.flatMap { $0 }
                    if script.number == line.number { words[7] = words[7] == "mike" ? "november" : wrong }
                    return "line \(Spelling.number(script.number)): \(words.joined(separator: ", "))"
                }
                let result = try CodeReader.read(spoken.joined(separator: "\n"), expecting: kind)
                #expect(result.code == code)
                #expect(result.repairs.map(\.line) == [line.number])
                #expect(result.repairs.map(\.group) == [2])
                #expect(result.repairs.map(\.read) == [read] || result.repairs.map(\.read) == ["N"])
            }
        }
    }

    @Test func aRepairReadsLikeASentence() {
        #expect(
            "\(Repair(line: 2, group: 3, position: 4, read: "8", correct: "B"))"
                == "line 2, group 3, character 4: read 8, is B")
        #expect(
            "\(Repair(line: 2, group: 3, position: 4, read: "?", correct: "B"))"
                == "line 2, group 3, character 4: not readable, is B")
        #expect(
            "\(Repair(line: 2, group: 3, position: 4, read: nil, correct: "B"))"
                == "line 2, group 3, character 4: missing, is B")
        #expect(
            "\(Repair(line: 2, group: 3, position: 4, read: "8", correct: nil))"
                == "line 2, group 3, character 4: read 8, is one too many")
        #expect("\(Repair(line: 2, group: 0, position: 1, read: "3", correct: "2"))" == "line 2, number: read 3, is 2")
    }
}
