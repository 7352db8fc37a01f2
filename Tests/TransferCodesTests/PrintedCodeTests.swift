import Testing

@testable import TransferCodes

@Suite struct PrintedCodeTests {
    @Test func theHeadingSaysWhatItIsAndWhatToDoNext() throws {
        let code = try SampleCodes.code(.request)
        let text = PrintedCode(code, transferID: "7K3MQ2", product: "Example Studio 4").text
        #expect(
            text == """
                Offline Transfer: request code
                Transfer: 7K3MQ2
                Product:  Example Studio 4
                Next:     load it at the source, which answers with the activation code:
                          almctl offline-transfer activation --input FILE

                \(code.lines.joined(separator: "\n"))

                """)
        #expect(PrintedCode(code).heading.count == 3)
    }

    /// Who gets a short start code has to know which certificate it relies on.
    @Test func theHeadingOfAShortStartCodeNamesTheCertificateThatItNeeds() throws {
        let code = try SampleCodes.code(.shortStart)
        let heading = PrintedCode(code, transferID: "7K3MQ2", certificate: "0VNZJ4").heading
        #expect(heading[2] == "Needs:    certificate 0VNZJ4 at the target, else: almctl certificate import")
        #expect(PrintedCode(code).heading.count == 3)
    }

    @Test func theTextIsASCIIWhateverItIsGiven() throws {
        for code in try SampleCodes.all() {
            let printed = PrintedCode(
                code, transferID: "a\nb", product: String(repeating: "Größe\r\n\u{1F511}", count: 40),
                certificate: "ü\n")
            #expect(printed.text.utf8.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) })
            #expect(printed.heading.allSatisfy { $0.count <= 80 })
            #expect(try CodeReader.read(printed.text).code == code)
        }
    }

    @Test func numbersAreRightAlignedInLongCodes() throws {
        let lines = PrintedCode(try SampleCodes.code(.start)).lines
        #expect(lines.count == 18)
        #expect(Set(lines.map(\.count)).count == 1)
        #expect(lines[0].hasPrefix(" 1  S"))
    }

    @Test func theScriptIsReadAloudLineByLine() throws {
        let line = CodeLine(kind: .activation, number: 2, data: Array(0..<15))
        let spoken = Spelling.script(for: line)
        #expect(
            spoken.groups.prefix(3) == [
                ["zero", "one", "two", "tree", "four"], ["fife", "six", "seven", "eight", "niner"],
                ["alfa", "bravo", "charlie", "delta", "echo"],
            ])
        #expect(spoken.text.hasPrefix("line two\n  zero one two tree four\n  fife six seven eight niner\n  alfa"))
        #expect(spoken.text.contains("\n  check "))
    }

    @Test func everyCharacterHasItsWordAndEveryWordItsCharacter() {
        #expect(Set(SpellingWords.spoken).count == 32)
        for (value, word) in SpellingWords.spoken.enumerated() {
            #expect(SpellingWords.characters[word].flatMap(Alphabet.value(ofASCII:)) == UInt8(value))
        }
        for (word, character) in [
            ("five", "5"), ("nine", "9"), ("three", "3"), ("alpha", "A"), ("juliet", "J"), ("oscar", "O"),
            ("uniform", "U"), ("unreadable", "?"),
        ] {
            #expect(SpellingWords.characters[word] == character.utf8.first)
        }
    }
}
