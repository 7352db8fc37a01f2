@testable import TransferCodes

/// Makes the vectors in `Fixtures/codes`, the same ones every time.
///
/// What comes of a text is stated here, beside how the text is made, and not taken from the reader.
enum CodeVectorFactory {
    /// All vectors.
    static func all() throws -> [CodeVector] {
        try plain() + forms() + repairs() + refusals() + wrongKinds() + malformed()
    }

    private static func success(
        _ name: String, _ title: String, _ code: TransferCode, _ input: some Sequence<UInt8>,
        expecting: CodeKind? = nil, repairs: [Repair] = []
    ) -> CodeVector {
        CodeVector(
            name: name, title: title, expecting: expecting, input: Array(input),
            outcome: .success(ReadCode(code: code, repairs: repairs)))
    }

    private static func failure(
        _ name: String, _ title: String, _ error: CodeError, _ input: some Sequence<UInt8>, expecting: CodeKind? = nil
    ) -> CodeVector {
        CodeVector(name: name, title: title, expecting: expecting, input: Array(input), outcome: .failure(error))
    }

    private static func lines(_ lines: [String]) -> [UInt8] { Array((lines.joined(separator: "\n") + "\n").utf8) }

    private static func lines(_ code: TransferCode) -> [UInt8] { lines(code.lines) }

    // MARK: Each kind as it is printed

    private static func plain() throws -> [CodeVector] {
        var vectors = try CodeKind.allCases.map { kind in
            let code = try SampleCodes.code(kind, certificateLength: 137)
            let word = CodeVector.word(kind)
            return success(
                "plain-\(word)", "\(kind.nameWithArticle) as it is printed", code, lines(code), expecting: kind)
        }
        for length in [1, 2, 150] {
            let code = try SampleCodes.code(.start, certificateLength: length)
            vectors.append(
                success(
                    "plain-start-\(length)", "a start code with a certificate of \(length) bytes", code, lines(code)))
        }
        let code = try SampleCodes.code(.request, flags: 5)
        vectors.append(success("plain-request-flags", "a request code with flags", code, lines(code)))
        let zero = TransferCode.activation(
            try ActivationCode(maskedSeed: [UInt8](repeating: 0, count: 16), tag: [0, 0]))
        vectors.append(success("plain-activation-zero", "an activation code of zeros", zero, lines(zero)))
        let ones = TransferCode.receipt(
            try ReceiptCode(receipt: [UInt8](repeating: 0xFF, count: 8) + [0x80]))
        vectors.append(success("plain-receipt-ones", "a receipt code of ones", ones, lines(ones)))
        return vectors
    }

    // MARK: Forms of the same code

    private static func forms() throws -> [CodeVector] {
        let code = try SampleCodes.code(.request)
        let printed = PrintedCode(code, transferID: "7K3MQ2", product: "Example Studio 4").text
        let quoted = printed.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }
        let plain = SampleCodes.text(code)
        let joined = Array(code.lines.joined(separator: " "))
        let rewrapped = stride(from: 0, to: joined.count, by: 17).map {
            String(joined[$0..<min($0 + 17, joined.count)])
        }
        let softBreaks = rewrapped.joined(separator: "=\r\n").replacing(" ", with: "=20")
        let around = "On 12 March 2031 at 14:30 you asked for order 4711-0815.\n\n\(plain)\nKind regards, room 00017\n"
        let forms: [(String, String, [UInt8])] = [
            ("aut", "an .aut file", Array(printed.utf8)),
            ("quoted", "a quoted mail", lines(quoted)),
            ("crlf", "lines that end with CR LF", Array(printed.replacing("\n", with: "\r\n").utf8)),
            ("utf8-mark", "UTF-8 with a byte order mark", [0xEF, 0xBB, 0xBF] + Array(plain.utf8)),
            (
                "utf16le", "UTF-16, little-endian",
                [0xFF, 0xFE] + plain.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
            ),
            (
                "utf16be", "UTF-16, big-endian",
                [0xFE, 0xFF] + plain.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
            ),
            ("quoted-printable", "quoted-printable with soft line breaks", Array((softBreaks + "\r\n").utf8)),
            ("no-break-spaces", "non-breaking spaces", Array(plain.replacing(" ", with: "\u{A0}").utf8)),
            ("rewrapped", "lines broken anew", lines(rewrapped)),
            ("one-line", "all lines on one", lines([code.lines.joined(separator: "  ")])),
            ("compact", "without numbers and groups", lines([code.compactText])),
            ("hyphens", "hyphens", Array(plain.replacing(" ", with: "-").utf8)),
            (
                "confused", "lower case, O, I and L",
                Array(plain.lowercased().replacing("0", with: "o").replacing("1", with: "l").utf8)
            ),
            ("reversed", "the last line first", lines(code.lines.reversed())),
            ("doubled", "every line twice", lines(code.lines + code.lines)),
            ("text-around", "text before and after", Array(around.utf8)),
            ("spoken", "read aloud", lines(Spelling.script(for: code).map(\.text))),
        ]
        return forms.map { success("form-\($0.0)", "a request code: \($0.1)", code, $0.2) }
    }

    // MARK: What is put right

    /// The text of the code with characters of its second line replaced, and the repairs that takes.
    private static func damaged(
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

    private static func repairs() throws -> [CodeVector] {
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

    // MARK: What is refused

    private static func refusals() throws -> [CodeVector] {
        let (code, other) = (try SampleCodes.code(.activation), try SampleCodes.code(.activation, seed: 2))
        let request = try SampleCodes.code(.request)
        let (start, otherStart) = (
            try SampleCodes.code(.start, certificateLength: 40),
            try SampleCodes.code(.start, seed: 2, certificateLength: 40)
        )
        let right = Array(code.codeLines[1].compactText)
        let three = damaged(code, [1, 8, 17].map { ($0, right[$0] == "7" ? "8" : "7") }).input
        var mixed = start.lines
        mixed[3] = otherStart.lines[3]
        var suspect = start.lines
        let damagedLine = RepairTests.text(otherStart, line: 4) { $0[9] = $0[9] == "7" ? "8" : "7" }
        suspect[3] = damagedLine.split(separator: "\n").map(String.init)[3]
        let longer = try SampleCodes.code(.start, certificateLength: 80)
        return [
            failure("refuse-nothing", "no code", .nothingFound, lines(["The code will follow tomorrow."])),
            failure(
                "refuse-three-wrong", "three wrong characters", .unreadable(lines: [2]), three, expecting: .activation),
            failure(
                "refuse-missing", "lines missing", .missing(lines: [2, 4]), lines([request.lines[0], request.lines[2]])),
            failure(
                "refuse-missing-start", "the last line of a start code missing", .missing(lines: [start.lines.count]),
                lines(start.lines.dropLast())),
            failure(
                "refuse-conflicting", "two different second lines", .conflictingLines(line: 2),
                lines(code.lines + [other.lines[1]])),
            failure(
                "refuse-foreign", "a request code's second line in an activation code", .foreignLine(2, of: .request),
                lines([code.lines[0], request.lines[1]]), expecting: .activation),
            failure(
                "refuse-beyond", "a line beyond the start code's last", .foreignLine(9, of: .start),
                lines(start.lines + [longer.lines[8]])),
            failure(
                "refuse-several", "two codes of different kinds", .severalCodes([.request, .activation]),
                lines(code.lines + request.lines)),
            failure(
                "refuse-check", "a line of another start code", .checkFailed(suspects: []), lines(mixed)),
            failure(
                "refuse-check-suspect", "a repaired line of another start code", .checkFailed(suspects: [4]),
                lines(suspect)),
        ]
    }

    private static func wrongKinds() throws -> [CodeVector] {
        let pairs: [(CodeKind, CodeKind)] = [
            (.request, .activation), (.activation, .request), (.start, .request), (.shortStart, .activation),
            (.returning, .activation), (.receipt, .returning), (.activation, .start),
        ]
        return try pairs.map { found, expected in
            let code = try SampleCodes.code(found, certificateLength: 40)
            return failure(
                "kind-\(CodeVector.word(found))-for-\(CodeVector.word(expected))",
                "\(found.nameWithArticle) where \(expected.nameWithArticle) belongs",
                .wrongKind(found: found, expected: expected), lines(code), expecting: expected)
        }
    }

    // MARK: Lines that are right, of codes that are not

    private static func carrying(_ kind: UInt8, _ symbols: [UInt8]) -> [UInt8] {
        lines(
            stride(from: 0, to: symbols.count, by: 15).enumerated().map { index, start in
                let data = Array(symbols[start..<start + 15])
                let all = data + LineCode.check(kind: kind, line: UInt8(index + 1), data: data)
                return "\(index + 1)  \(Alphabet.text(all))"
            })
    }

    private static func malformed() throws -> [CodeVector] {
        let unknown = [UInt8](repeating: 28, count: 1) + [UInt8](repeating: 7, count: 14)
        var vectors = [
            failure("malformed-kind", "an unknown kind", .unknownKind(letter: "W"), carrying(28, unknown))
        ]
        for kind in [CodeKind.activation, .request] {
            var symbols = try SampleCodes.code(kind).dataSymbols
            symbols[1] |= 8
            vectors.append(
                failure(
                    "malformed-version-\(CodeVector.word(kind))", "\(kind.nameWithArticle) of version 2",
                    .unknownVersion(kind, version: 2), carrying(kind.rawValue, symbols)))
        }
        for kind in CodeKind.allCases where kind != .request {
            var symbols = try SampleCodes.code(kind, certificateLength: 2).dataSymbols
            symbols[1] |= 4
            vectors.append(
                failure(
                    "malformed-flags-\(CodeVector.word(kind))", "\(kind.nameWithArticle) with flags",
                    .flagsNotZero(kind, flags: 4), carrying(kind.rawValue, symbols)))
        }
        for length in [0, 151] {
            var writer = BitWriter()
            writer.append(UInt64(CodeHeader.plain(.start).bits), bits: 10)
            writer.append([UInt8](repeating: 0x5A, count: 10), bits: 80)
            writer.append(UInt64(length), bits: 8)
            vectors.append(
                failure(
                    "malformed-length-\(length)", "a start code whose certificate has \(length) bytes",
                    .certificateLength(length), carrying(CodeKind.start.rawValue, writer.finish())))
        }
        var symbols = try SampleCodes.code(.start, certificateLength: 41).dataSymbols
        symbols[symbols.count - 1] |= 1
        vectors.append(
            failure(
                "malformed-padding", "a start code with padding that is not zero", .paddingNotZero(.start),
                carrying(CodeKind.start.rawValue, symbols)))
        return vectors
    }
}
