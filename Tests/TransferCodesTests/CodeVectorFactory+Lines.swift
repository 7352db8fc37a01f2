@testable import TransferCodes

/// Line numbers, and lines that are missing, doubled, swapped or foreign.
extension CodeVectorFactory {
    /// Numbers that are wrong, missing or nothing at all.
    static func numbers() throws -> [CodeVector] {
        var vectors: [CodeVector] = []
        for kind in CodeKind.allCases {
            let code = try sample(kind)
            let (word, codeLines) = (CodeVector.word(kind), code.codeLines)
            func add(
                _ name: String, _ title: String, repairs: [Repair] = [], _ number: (CodeLine) -> String
            ) {
                let text = codeLines.map { "\(number($0))\($0.groups.joined(separator: " "))" }
                vectors.append(
                    success(
                        "number-\(word)-\(name)", "\(kind.nameWithArticle), \(title)", code, lines(text),
                        repairs: repairs))
            }
            let last = codeLines.count
            add(
                "wrong", "the last line's number wrong",
                repairs: [Repair(line: last, group: 0, position: 1, read: "12", correct: "\(last)")]
            ) { $0.number == last ? "12  " : "\($0.number)  " }
            add("none", "no numbers") { _ in "" }
            add("one-missing", "the last line's number missing") { $0.number == last ? "" : "\($0.number)  " }
            add("unreadable", "the numbers unreadable") { _ in "?  " }
            add("too-high", "numbers that no line has") { "\($0.number + 18)  " }
            add("with-zeros", "numbers of two digits") { $0.number < 10 ? "0\($0.number)  " : "\($0.number)  " }
            guard last > 1 else { continue }
            add(
                "exchanged", "the first and the last line's numbers exchanged",
                repairs: [
                    Repair(line: 1, group: 0, position: 1, read: "\(last)", correct: "1"),
                    Repair(line: last, group: 0, position: 1, read: "1", correct: "\(last)"),
                ]
            ) { line in
                switch line.number {
                case 1: "\(last)  "
                case last: "1  "
                case let number: "\(number)  "
                }
            }
        }
        return vectors
    }

    /// Lines in other orders, too few and too many.
    static func lineFaults() throws -> [CodeVector] {
        try CodeKind.allCases.flatMap { kind in
            let (code, twin) = (try sample(kind), try sample(kind, seed: 32))
            let stranger = try sample(kind == .request ? .activation : .request)
            let (word, name) = (CodeVector.word(kind), kind.nameWithArticle)
            let printed = code.lines
            let last = printed.count
            func file(_ name: String) -> String { "lines-\(word)-\(name)" }
            var vectors = [
                success(file("twice"), "\(name), every line twice", code, lines(printed.flatMap { [$0, $0] })),
                failure(
                    file("conflicting"), "\(name), and the last line of another one beside its own",
                    .conflictingLines(line: last), lines(printed + [twin.lines[last - 1]])),
                failure(
                    file("stray"), "\(name), and a line of \(stranger.kind.nameWithArticle) beside it",
                    .foreignLine(2, of: stranger.kind), lines(printed + [stranger.lines[1]])),
                success(
                    file("stray-expected"), "\(name) that was asked for, and a line of another kind beside it", code,
                    lines([stranger.lines[1]] + printed), expecting: kind),
            ]
            guard last > 1 else { return vectors }
            vectors += [
                success(file("reversed"), "\(name), the last line first", code, lines(printed.reversed())),
                failure(
                    file("without-first"), "\(name) without its first line", .missing(lines: [1]),
                    lines(Array(printed.dropFirst())), expecting: kind),
                failure(
                    file("without-last"), "\(name) without its last line", .missing(lines: [last]),
                    lines(printed.dropLast())),
                failure(
                    file("foreign"), "\(name), a line of \(stranger.kind.nameWithArticle) in place of its second",
                    .foreignLine(2, of: stranger.kind),
                    lines([printed[0], stranger.lines[1]] + printed.dropFirst(2)), expecting: kind),
            ]
            if last > 2 {
                vectors += [
                    success(
                        file("swapped"), "\(name), the second and the third line swapped", code,
                        lines([printed[0], printed[2], printed[1]] + printed.dropFirst(3))),
                    failure(
                        file("only-first"), "\(name), the first line alone",
                        .missing(lines: kind == .start ? [2] : Array(2...last)), lines([printed[0]])),
                ]
            }
            return vectors
        }
    }

    /// Texts that end too early, and texts without a code.
    static func cuts() throws -> [CodeVector] {
        let request = try sample(.request)
        let (printed, line) = (request.lines, request.codeLines[2])
        let oneGroup = "3  \(line.groups[0]) \(line.groups[1])"
        var vectors = [
            failure(
                "cut-after-a-group", "a request code that ends after the second group of its third line",
                .unreadable(lines: [3]), lines([printed[0], printed[1], oneGroup])),
            failure(
                "cut-after-a-number", "a request code that ends after the number of its third line",
                .missing(lines: [3, 4]), lines([printed[0], printed[1], "3"])),
            failure(
                "cut-in-the-middle", "a request code whose third line has lost its middle", .unreadable(lines: [3]),
                lines([printed[0], printed[1], "3  \(line.groups[0]) \(line.groups[3])", printed[3]])),
            failure(
                "cut-groups-everywhere", "a request code that has lost its check groups",
                .unreadable(lines: [1, 2, 3, 4]),
                lines(request.codeLines.map { "\($0.number)  \($0.groups.prefix(3).joined(separator: " "))" })),
            failure("text-empty", "no text at all", .nothingFound, []),
            failure("text-blank", "spaces and line ends", .nothingFound, Array("  \r\n \t \r\n".utf8)),
            failure(
                "text-prose", "a letter", .nothingFound,
                lines(["Dear all,", "please find the code in the next mail.", "Kind regards, room 17"])),
            failure(
                "text-words", "words of the alphabet, too few for a line", .nothingFound, lines(["alfa bravo zulu"])),
            failure(
                "text-placeholder", "a form that nobody filled in", .unreadable(lines: [1, 2]),
                lines(["1  ????? ????? ?????  ?????", "2  ????? ????? ?????  ?????"]), expecting: .activation),
        ]
        let tooLong = CodeReader.maximumLength + 1
        vectors.append(
            CodeVector(
                name: "text-too-large", title: "a byte more than is looked at", expecting: nil,
                input: .repeated([0x20], tooLong), outcome: .failure(.tooLarge(tooLong))))
        return vectors
    }
}
