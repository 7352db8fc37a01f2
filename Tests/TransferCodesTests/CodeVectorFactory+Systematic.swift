@testable import TransferCodes

/// Every fault of a line, for every kind, at places that cover all lines and groups.
extension CodeVectorFactory {
    /// One fault in one line of a code.
    private struct Fault {
        /// For names and titles.
        var name: String
        var title: String
        /// Changes the line's groups at a place, and says what has to be put right; nil where the fault is none there.
        var apply: @Sendable (_ line: CodeLine, _ place: Int, _ groups: inout [[Character]]) -> [Repair]?
    }

    /// The repairs of characters read wrongly at these places.
    private static func misread(
        _ line: CodeLine, _ changes: [(place: Int, read: Character)], _ groups: inout [[Character]]
    ) -> [Repair] {
        changes.sorted { $0.place < $1.place }.map { place, read in
            let repair = Repair(
                line: line.number, group: place / 5 + 1, position: place % 5 + 1, read: String(read),
                correct: String(groups[place / 5][place % 5]))
            groups[place / 5][place % 5] = read
            return repair
        }
    }

    private static func wrong(_ line: CodeLine, _ places: [Int]) -> [(place: Int, read: Character)] {
        let right = Array(line.compactText)
        return places.map { ($0 % 20, other(than: right[$0 % 20])) }
    }

    private static func unreadable(_ places: [Int]) -> [(place: Int, read: Character)] {
        places.map { ($0 % 20, "?") }
    }

    /// Where the run of equal characters begins that holds the place: all of a run look the same once one is lost or
    /// doubled, and the first is named.
    private static func beginning(_ group: [Character], _ place: Int) -> Int {
        var first = place
        while first > 0, group[first - 1] == group[place] { first -= 1 }
        return first
    }

    private static let faults: [Fault] = [
        Fault(name: "wrong", title: "a wrong character") { line, place, groups in
            misread(line, wrong(line, [place]), &groups)
        },
        Fault(name: "swapped", title: "two neighbours swapped") { line, place, groups in
            let right = Array(line.compactText)
            guard place < 19, right[place] != right[place + 1] else { return nil }
            return misread(line, [(place, right[place + 1]), (place + 1, right[place])], &groups)
        },
        Fault(name: "doubled", title: "a doubled character") { line, place, groups in
            let (group, index) = (place / 5, place % 5)
            let first = beginning(groups[group], index)
            let character = groups[group][index]
            groups[group].insert(character, at: index)
            return [
                Repair(
                    line: line.number, group: group + 1, position: first + 1, read: String(character), correct: nil)
            ]
        },
        Fault(name: "lost", title: "a lost character") { line, place, groups in
            let (group, index) = (place / 5, place % 5)
            let first = beginning(groups[group], index)
            let character = groups[group].remove(at: index)
            return [
                Repair(
                    line: line.number, group: group + 1, position: first + 1, read: nil, correct: String(character))
            ]
        },
        Fault(name: "unreadable", title: "an unreadable character") { line, place, groups in
            misread(line, unreadable([place]), &groups)
        },
        Fault(name: "two-wrong", title: "two wrong characters") { line, place, groups in
            misread(line, wrong(line, [place, place + 7]), &groups)
        },
        Fault(name: "group-unreadable", title: "a group unreadable") { line, place, groups in
            misread(line, unreadable(Array(place / 5 * 5..<place / 5 * 5 + 5)), &groups)
        },
        Fault(name: "five-unreadable", title: "five unreadable characters") { line, place, groups in
            misread(line, unreadable([place, place + 4, place + 8, place + 11, place + 17]), &groups)
        },
        Fault(name: "mixed-1-3", title: "one wrong and three unreadable characters") { line, place, groups in
            misread(line, wrong(line, [place]) + unreadable([place + 3, place + 10, place + 16]), &groups)
        },
        Fault(name: "mixed-2-1", title: "two wrong and one unreadable character") { line, place, groups in
            misread(line, wrong(line, [place, place + 9]) + unreadable([place + 5]), &groups)
        },
    ]

    /// What is more than can be put right.
    private static let excesses:
        [(name: String, title: String, apply: @Sendable (CodeLine, Int, inout [[Character]]) -> Void)] =
            [
                ("three-wrong", "three wrong characters", { _ = misread($0, wrong($0, [$1, $1 + 6, $1 + 13]), &$2) }),
                (
                    "six-unreadable", "six unreadable characters",
                    { _ = misread($0, unreadable([$1, $1 + 3, $1 + 6, $1 + 9, $1 + 12, $1 + 15]), &$2) }
                ),
                (
                    "wrong-and-four", "one wrong and four unreadable characters",
                    { _ = misread($0, wrong($0, [$1]) + unreadable([$1 + 2, $1 + 7, $1 + 11, $1 + 18]), &$2) }
                ),
                (
                    "two-lost", "two lost characters",
                    { line, place, groups in
                        groups[place / 5].remove(at: place % 5)
                        groups[(place / 5 + 1) % 4].removeLast()
                    }
                ),
            ]

    /// Four places of each fault in each kind, and one of each excess; the places move on with kind and fault.
    static func systematicRepairs() throws -> [CodeVector] {
        var vectors: [CodeVector] = []
        for (kindIndex, kind) in CodeKind.allCases.enumerated() {
            let code = try sample(kind)
            let (word, count) = (CodeVector.word(kind), code.codeLines.count)
            for (faultIndex, fault) in faults.enumerated() {
                for round in 0..<(faultIndex < 5 ? 4 : 2) {
                    let number = (round * 3 + faultIndex) % count + 1
                    var place = (round * 5 + kindIndex + faultIndex * 2) % 20
                    var repairs: [Repair]?
                    var text: [UInt8] = []
                    while repairs == nil {
                        text = damaged(code, line: number) { repairs = fault.apply($0, place, &$1) }
                        place = (place + 1) % 20
                    }
                    vectors.append(
                        success(
                            "repair-\(word)-\(fault.name)-\(round + 1)",
                            "\(kind.nameWithArticle) with \(fault.title) in line \(number)", code, text,
                            expecting: round % 2 == 0 || faultIndex >= 5 ? kind : nil, repairs: repairs ?? []))
                }
            }
            for (index, excess) in excesses.enumerated() {
                let number = (index + kindIndex) % count + 1
                let text = damaged(code, line: number) { excess.apply($0, (kindIndex * 3 + index) % 20, &$1) }
                vectors.append(
                    failure(
                        "refuse-\(word)-\(excess.name)",
                        "\(kind.nameWithArticle) with \(excess.title) in line \(number)",
                        .unreadable(lines: [number]), text, expecting: kind))
            }
            vectors.append(everyLine(code))
        }
        return vectors
    }

    /// Two wrong characters in every line at once.
    private static func everyLine(_ code: TransferCode) -> CodeVector {
        var repairs: [Repair] = []
        let text = code.codeLines.map { line in
            var groups = line.groups.map(Array.init)
            repairs += misread(line, wrong(line, [line.number * 3, line.number * 3 + 8]), &groups)
            return "\(line.number)  \(groups.map { String($0) }.joined(separator: " "))"
        }
        return success(
            "repair-\(CodeVector.word(code.kind))-every-line",
            "\(code.kind.nameWithArticle) with two wrong characters in every line", code, lines(text),
            expecting: code.kind, repairs: repairs)
    }

    /// The printed text with one line's groups changed.
    private static func damaged(
        _ code: TransferCode, line number: Int, _ change: (CodeLine, inout [[Character]]) -> Void
    ) -> [UInt8] {
        lines(
            code.codeLines.map { line in
                guard line.number == number else { return line.text }
                var groups = line.groups.map(Array.init)
                change(line, &groups)
                return "\(number)  \(groups.map { String($0) }.joined(separator: " "))"
            })
    }
}
