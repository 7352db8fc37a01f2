import Testing

@testable import TransferCodes

/// Texts that are no codes, or no whole ones: nothing traps, and nothing comes out that was not put in.
@Suite struct HostileTextTests {
    @Test(arguments: CodeKind.allCases)
    func aTextCutOffAnywhereGivesTheCodeOrAnError(kind: CodeKind) throws {
        let code = try SampleCodes.code(kind, seed: 21, certificateLength: 60)
        let text = Array(PrintedCode(code, transferID: "7K3MQ2").text.utf8)
        let whole = text.count - 1
        for length in 0..<text.count {
            for expected in [kind, nil] {
                do {
                    let read = try CodeReader.read(Array(text.prefix(length)), expecting: expected)
                    #expect(read.code == code)
                    // One character may be lost at the end; two are too many.
                    #expect(length >= whole - 1)
                } catch {
                    #expect(length < whole)
                    #expect(error != .tooLarge(length))
                }
            }
        }
    }

    @Test func anyBytesGiveAnErrorOrARepairedCodeButNeverATrap() {
        var generator = SeededGenerator(seed: 22)
        let alphabets: [[UInt8]] = [
            Array(0...255), Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ ??\n".utf8), Array("01 2\n".utf8),
            Array("=\r\n 0AC2?".utf8), [0x00, 0x41, 0xFF, 0xFE, 0xEF, 0xBB, 0xBF, 0xD8, 0x0A],
        ]
        var accepted = 0
        for round in 0..<3000 {
            let alphabet = alphabets[round % alphabets.count]
            let text = (0..<generator.below(200)).map { _ in alphabet[generator.below(alphabet.count)] }
            if let read = try? CodeReader.read(text) {
                accepted += 1
                #expect(!read.repairs.isEmpty)
            }
        }
        // Only a receipt's single line has no check beside its check group.
        #expect(accepted < 30)
    }

    @Test func wordsInAnyOrderNeverTrap() {
        var generator = SeededGenerator(seed: 23)
        let words =
            Array(SpellingWords.characters.keys.sorted()) + ["line", "line", "x", "ray", "x-ray", "question", "mark"]
            + Array(SpellingWords.lineNumbers.keys.sorted())
        for _ in 0..<500 {
            let text = (0..<generator.below(80)).map { _ in words[generator.below(words.count)] }
            _ = try? CodeReader.read(text.joined(separator: " "))
            _ = LineReader.check(text.prefix(25).joined(separator: " "))
        }
    }

    @Test func mutilatedCodesNeverComeOutAsOthers() throws {
        var generator = SeededGenerator(seed: 24)
        var (right, wrong) = (0, 0)
        for round in 0..<1200 {
            let kind = CodeKind.allCases[round % CodeKind.allCases.count]
            let code = try SampleCodes.code(kind, seed: UInt64(round), certificateLength: 1 + generator.below(60))
            var text = Array(SampleCodes.text(code).utf8)
            for _ in 0...generator.below(6) {
                let place = generator.below(text.count)
                switch generator.below(4) {
                case 0: text[place] = Alphabet.ascii[generator.below(32)]
                case 1: text.remove(at: place)
                case 2: text.insert(Alphabet.ascii[generator.below(32)], at: place)
                default: text[place] = 0x3F
                }
            }
            guard let read = try? CodeReader.read(text, expecting: kind) else { continue }
            if read.code == code { right += 1 } else { wrong += 1 }
        }
        #expect(right > 300)
        // More than two wrong characters in a line escape its check group once in 180 times; a start code's own
        // check, and for the others the MAC or the vendor's signature behind them, is there for these.
        #expect(wrong <= 4)
    }

    @Test(arguments: ["7K3MQ ", "1 ", "? ", "A\n", "1 7K3MQ 2V9DX 0HJ4T B8RWN\n", "=\n", "alfa ", "line one "])
    func longTextsOfAnyShapeEnd(piece: String) throws {
        let text = Array(repeatElement(Array(piece.utf8), count: 30_000 / piece.utf8.count).joined())
        #expect(throws: CodeError.self) { try CodeReader.read(text) }
        let code = try SampleCodes.code(.activation)
        let around = text + Array("\n\n\(SampleCodes.text(code))\n\n".utf8) + text
        #expect(try CodeReader.read(around, expecting: .activation).code == code)
    }

    /// Words of twenty letters and digits, as encoded pictures have, each with a digit and two more signs of a line.
    private func wordsOfTwenty(_ count: Int) -> String {
        var generator = SeededGenerator(seed: 25)
        return (0..<count).map { _ in
            "x/7" + String((0..<19).map { _ in Alphabet.character(UInt8(generator.below(32))) }) + "/x\n"
        }.joined()
    }

    @Test func readsADamagedCodeBehindMoreWordsOfTwentyThanAreTried() throws {
        let code = try SampleCodes.code(.request)
        let words = wordsOfTwenty(LineLikeWindows.room + 1)
        let damaged = SampleCodes.text(code).replacing("2  ", with: "2  ?")
        let read = try CodeReader.read(words + damaged, expecting: .request)
        #expect(read.code == code)
        #expect(!read.repairs.isEmpty)
    }

    @Test func triesOnlySoManyOfTheLinesWithoutANumberOrALineOfTheirOwn() throws {
        let code = try SampleCodes.code(.receipt)
        var word = Array(code.codeLines[0].compactText)
        word[3] = "?"
        let damaged = "x/\(String(word))/x\n"
        let read = try CodeReader.read(wordsOfTwenty(LineLikeWindows.room - 1) + damaged, expecting: .receipt)
        #expect(read.code == code)
        #expect(throws: CodeError.self) {
            try CodeReader.read(wordsOfTwenty(LineLikeWindows.room) + damaged, expecting: .receipt)
        }
    }

    /// Both would take minutes if every line of text were compared with every line that is right.
    @Test(arguments: [CodeKind.start, .receipt])
    func thousandsOfCopiesOfALineEnd(kind: CodeKind) throws {
        let line = try #require(SampleCodes.code(kind).codeLines.last)
        let text = Array(repeatElement(Array((line.text + "\n").utf8), count: 20_000).joined())
        if kind == .receipt {
            #expect(try CodeReader.read(text, expecting: kind).code == SampleCodes.code(kind))
        } else {
            #expect(throws: CodeError.self) { try CodeReader.read(text, expecting: kind) }
        }
    }
}
