@testable import TransferCodes

/// What is put right.
extension CodeVectorFactory {
    /// The text of the code with characters of its second line replaced, and the repairs that takes.
    static func damaged(
        _ code: TransferCode, _ changes: [(place: Int, character: Character)]
    ) -> (input: [UInt8], repairs: [Repair]) {
        var repairs: [Repair] = []
        let text = RepairTests.text(code, line: 2) { characters in
            for (place, character) in changes {
                repairs.append(
                    Repair(
                        line: 2, group: place / 5 + 1, position: place % 5 + 1, read: String(character),
                        correct: String(characters[place])))
                characters[place] = character
            }
        }
        return (Array(text.utf8), repairs)
    }

    static func repairs() throws -> [CodeVector] {
        let code = try SampleCodes.code(.activation)
        let right = Array(code.codeLines[1].compactText)
        func other(_ place: Int) -> Character { right[place] == "7" ? "8" : "7" }
        let sets: [(String, String, [(Int, Character)])] = [
            ("one-wrong", "one wrong character", [(7, other(7))]),
            ("one-wrong-check", "one wrong character in the check group", [(19, other(19))]),
            ("two-wrong", "two wrong characters", [(0, other(0)), (13, other(13))]),
            ("swapped", "two neighbours swapped", [(3, right[4]), (4, right[3])]),
            ("five-unreadable", "a whole group unreadable", (5..<10).map { ($0, "?") }),
            (
                "mixed-1-3", "one wrong and three unreadable characters",
                [(2, other(2)), (6, "?"), (11, "?"), (16, "?")]
            ),
            ("mixed-2-1", "two wrong and one unreadable character", [(2, other(2)), (9, other(9)), (16, "?")]),
        ]
        var vectors = sets.map { name, title, changes in
            let (input, repairs) = damaged(code, changes)
            return success("repair-\(name)", title, code, input, expecting: .activation, repairs: repairs)
        }
        let groups = code.codeLines[1].groups
        let lost = "2  \(groups[0]) \(groups[1].dropFirst()) \(groups[2])  \(groups[3])"
        vectors.append(
            success(
                "repair-lost", "a lost character", code, lines([code.lines[0], lost]),
                repairs: [Repair(line: 2, group: 2, position: 1, read: nil, correct: String(right[5]))]))
        let extra = "2  \(groups[0]) \(groups[1])? \(groups[2])  \(groups[3])"
        vectors.append(
            success(
                "repair-superfluous", "a character too many", code, lines([code.lines[0], extra]),
                repairs: [Repair(line: 2, group: 2, position: 6, read: "?", correct: nil)]))
        let numbers = code.codeLines.map { "\(3 - $0.number)  \($0.groups.joined(separator: " "))" }
        vectors.append(
            success(
                "repair-numbers", "line numbers exchanged", code, lines(numbers),
                repairs: [
                    Repair(line: 1, group: 0, position: 1, read: "2", correct: "1"),
                    Repair(line: 2, group: 0, position: 1, read: "1", correct: "2"),
                ]))
        return vectors
    }
}
