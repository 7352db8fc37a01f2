import Testing

@testable import TransferCodes

/// What is refused, and that it is named.
@Suite struct RefusalTests {
    @Test func nothingIsFoundWhereNothingIs() {
        for text in ["", "\n", "hello", "please send me the code again, thank you", "12345", "????? ????? ????? ?????"]
        {
            #expect(throws: CodeError.self) { try CodeReader.read(text) }
        }
        #expect(throws: CodeError.nothingFound) { try CodeReader.read("hello, is there anybody?") }
    }

    @Test(arguments: CodeKind.allCases)
    func everyMissingLineIsNamed(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 11)
        let lines = code.lines
        guard lines.count > 1 else { return }
        for missing in 1...lines.count {
            let text = lines.enumerated().filter { $0.offset + 1 != missing }.map(\.element).joined(separator: "\n")
            #expect(throws: CodeError.missing(lines: [missing])) { try CodeReader.read(text, expecting: kind) }
            #expect(throws: CodeError.missing(lines: [missing])) { try CodeReader.read(text) }
        }
    }

    @Test func severalMissingLinesAreNamedTogether() throws {
        let lines = try SampleCodes.code(.start).lines
        let text = lines.enumerated().filter { ![3, 7, 17].contains($0.offset) }.map(\.element).joined(separator: "\n")
        #expect(throws: CodeError.missing(lines: [4, 8, 18])) { try CodeReader.read(text) }
        #expect(throws: CodeError.missing(lines: [2, 3, 4])) { try CodeReader.read(lines[0] + "\n" + lines[4]) }
        #expect(throws: CodeError.missing(lines: [1, 2, 4])) {
            try CodeReader.read(try SampleCodes.code(.request).lines[2])
        }
    }

    @Test(arguments: CodeKind.allCases)
    func aLineFromAnotherCodeOfTheSameKindBesideTheRightOneIsNamed(kind: CodeKind) throws {
        let (code, other) = (try SampleCodes.code(kind, seed: 12), try SampleCodes.code(kind, seed: 13))
        for line in 1...code.lines.count {
            let text = (code.lines + [other.lines[line - 1]]).joined(separator: "\n")
            #expect(throws: CodeError.conflictingLines(line: line)) { try CodeReader.read(text, expecting: kind) }
        }
    }

    @Test func aSecondCopyOfALineThatCanBeReadOnlyDifferentlyIsNamed() throws {
        let (code, other) = (try SampleCodes.code(.activation, seed: 12), try SampleCodes.code(.activation, seed: 13))
        let damaged = RepairTests.text(other, line: 2) { $0[3] = $0[3] == "7" ? "8" : "7" }
        let text = SampleCodes.text(code) + (damaged.split(separator: "\n").last.map(String.init) ?? "")
        #expect(throws: CodeError.conflictingLines(line: 2)) { try CodeReader.read(text) }
    }

    @Test func aDamagedSecondCopyOfTheSameLineDoesNoHarm() throws {
        let code = try SampleCodes.code(.activation, seed: 12)
        let damaged = RepairTests.text(code, line: 2) { $0[3] = $0[3] == "7" ? "8" : "7" }
        let read = try CodeReader.read(damaged + SampleCodes.text(code))
        #expect(read.code == code)
        #expect(read.repairs.isEmpty)
    }

    @Test func aLineOfAnotherKindInPlaceOfTheRightOneIsNamed() throws {
        let (code, other) = (try SampleCodes.code(.activation), try SampleCodes.code(.returning))
        let text = code.lines[0] + "\n" + other.lines[1]
        #expect(throws: CodeError.foreignLine(2, of: .returning)) { try CodeReader.read(text, expecting: .activation) }
    }

    @Test func aStrayLineBesideAWholeCodeIsNamedUnlessTheKindWasSaid() throws {
        let (code, other) = (try SampleCodes.code(.activation), try SampleCodes.code(.request))
        let text = SampleCodes.text(code) + other.lines[2]
        #expect(throws: CodeError.foreignLine(3, of: .request)) { try CodeReader.read(text) }
        #expect(try CodeReader.read(text, expecting: .activation).code == code)
    }

    @Test func aLineBeyondTheEndOfAStartCodeIsNamed() throws {
        let code = try SampleCodes.code(.start, certificateLength: 40)
        let longer = try SampleCodes.code(.start, seed: 2, certificateLength: 80)
        let text = SampleCodes.text(code) + longer.lines[8]
        #expect(throws: CodeError.foreignLine(9, of: .start)) { try CodeReader.read(text) }
    }

    @Test func aLineOfAnotherStartCodeFailsTheCheck() throws {
        let (code, other) = (try SampleCodes.code(.start, seed: 1), try SampleCodes.code(.start, seed: 2))
        var lines = code.lines
        lines[6] = other.lines[6]
        #expect(throws: CodeError.checkFailed(suspects: [])) { try CodeReader.read(lines.joined(separator: "\n")) }
    }

    @Test func theRepairedLinesAreTheSuspectsWhenTheCheckFails() throws {
        let (code, other) = (try SampleCodes.code(.start, seed: 1), try SampleCodes.code(.start, seed: 2))
        var lines = code.lines
        let damaged = RepairTests.text(other, line: 7) { $0[0] = $0[0] == "7" ? "8" : "7" }
        lines[6] = damaged.split(separator: "\n").map(String.init)[6]
        #expect(throws: CodeError.checkFailed(suspects: [7])) { try CodeReader.read(lines.joined(separator: "\n")) }
    }

    @Test func everyOtherKindIsNamedWithWhereItBelongs() throws {
        for expected in CodeKind.allCases {
            for found in CodeKind.allCases {
                let code = try SampleCodes.code(found, seed: 14)
                let alike = Set([found, expected]).isSubset(of: [.start, .shortStart]) || found == expected
                if alike {
                    #expect(try CodeReader.read(SampleCodes.text(code), expecting: expected).code == code)
                    continue
                }
                let error = CodeError.wrongKind(found: found, expected: expected)
                #expect(throws: error) { try CodeReader.read(SampleCodes.text(code), expecting: expected) }
                let damaged = RepairTests.text(code, line: 1) { $0[9] = $0[9] == "7" ? "8" : "7" }
                #expect(throws: error) { try CodeReader.read(damaged, expecting: expected) }
                #expect(error.message.contains(found.name))
                #expect(error.message.contains(found.command))
                #expect(error.message.contains("at the \(found.loadedAt.rawValue)"))
            }
        }
        #expect(
            CodeError.wrongKind(found: .request, expected: .activation).message
                == "this is a request code, not an activation code; it is to be loaded at the source, "
                + "with `almctl offline-transfer activation --input FILE`")
        #expect(
            CodeError.wrongKind(found: .request, expected: .activation).hint
                == "carry it to the source; here, load the activation code")
        #expect(
            CodeError.wrongKind(found: .start, expected: .activation).hint
                == "load it with that command; this one takes the activation code")
    }

    /// The lines that carry these symbols, whatever they mean.
    private static func lines(kind: UInt8, _ symbols: [UInt8]) -> String {
        stride(from: 0, to: symbols.count, by: 15).enumerated().map { index, start in
            let data = Array(symbols[start..<start + 15])
            let all = data + LineCode.check(kind: kind, line: UInt8(index + 1), data: data)
            return "\(index + 1)  \(Alphabet.text(all))"
        }.joined(separator: "\n")
    }

    @Test func everyUnknownKindIsNamed() throws {
        for kind in 0..<32 as Range<UInt8> where CodeKind(rawValue: kind) == nil {
            let text = Self.lines(kind: kind, [kind] + [UInt8](repeating: 7, count: 29))
            #expect(throws: CodeError.unknownKind(letter: Alphabet.character(kind))) { try CodeReader.read(text) }
            #expect(throws: CodeError.unknownKind(letter: Alphabet.character(kind))) {
                try CodeReader.read(text, expecting: .receipt)
            }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func everyUnknownVersionIsNamed(kind: CodeKind) throws {
        for version in 1...3 as ClosedRange<UInt8> {
            var symbols = try SampleCodes.code(kind).dataSymbols
            symbols[1] |= version << 3
            let text = Self.lines(kind: kind.rawValue, symbols)
            #expect(throws: CodeError.unknownVersion(kind, version: Int(version) + 1)) { try CodeReader.read(text) }
        }
    }

    @Test(arguments: CodeKind.allCases)
    func flagsAreRefusedInAllKindsButTheRequest(kind: CodeKind) throws {
        for flags in 1...7 as ClosedRange<UInt8> {
            var symbols = try SampleCodes.code(kind).dataSymbols
            symbols[1] |= flags
            let text = Self.lines(kind: kind.rawValue, symbols)
            if kind == .request {
                #expect(try CodeReader.read(text).code.header.flags == flags)
            } else {
                #expect(throws: CodeError.flagsNotZero(kind, flags: flags)) { try CodeReader.read(text) }
            }
        }
    }

    @Test func paddingThatIsNotZeroIsRefused() throws {
        for length in [1, 3, 7, 149, 150] {
            var symbols = try SampleCodes.code(.start, certificateLength: length).dataSymbols
            guard (130 + 8 * length) % 75 != 0 else { continue }
            symbols[symbols.count - 1] |= 1
            let text = Self.lines(kind: CodeKind.start.rawValue, symbols)
            #expect(throws: CodeError.paddingNotZero(.start)) { try CodeReader.read(text) }
        }
    }

    @Test func aCertificateLengthThatCannotBeIsRefused() throws {
        for length in [0, 151, 255] {
            var writer = BitWriter()
            writer.append(UInt64(CodeHeader.plain(.start).bits), bits: 10)
            writer.append([UInt8](repeating: 1, count: 10), bits: 80)
            writer.append(UInt64(length), bits: 8)
            writer.append([UInt8](repeating: 0, count: 60), bits: 480)
            let text = Self.lines(kind: CodeKind.start.rawValue, writer.finish())
            #expect(throws: CodeError.certificateLength(length)) { try CodeReader.read(text) }
        }
    }

    @Test func aTextThatIsTooLongIsRefused() throws {
        let code = try SampleCodes.code(.receipt)
        let most = CodeReader.maximumLength
        let line = Array(SampleCodes.text(code).utf8)
        let longest = [UInt8](repeating: 0x20, count: most - line.count) + line
        #expect(try CodeReader.read(longest).code == code)
        #expect(throws: CodeError.tooLarge(most + 1)) { try CodeReader.read([0x20] + longest) }
    }

    @Test func everyErrorHasAMessageAHintAndACode() {
        let errors: [CodeError] = [
            .nothingFound, .unreadable(lines: [2, 3]), .missing(lines: [1]), .conflictingLines(line: 4),
            .foreignLine(2, of: .receipt), .severalCodes([.start, .request]),
            .wrongKind(found: .request, expected: .activation), .unknownKind(letter: "X"),
            .unknownVersion(.start, version: 2), .flagsNotZero(.receipt, flags: 1), .certificateLength(0),
            .checkFailed(suspects: [3]), .checkFailed(suspects: []), .paddingNotZero(.start), .tooLarge(5_000_000),
            .invalidField(.start, .certificate),
        ]
        #expect(Set(errors.map(\.message)).count == errors.count)
        #expect(Set(errors.map(\.code)).count == errors.count - 1)
        for error in errors {
            #expect(error.message.first?.isLowercase == true)
            #expect(error.hint.first?.isLowercase == true)
            #expect("\(error)" == error.message)
        }
        #expect(CodeError.unreadable(lines: [2, 3, 7]).message.hasPrefix("lines 2, 3 and 7 cannot be read"))
    }
}
