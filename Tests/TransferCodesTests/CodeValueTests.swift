import Testing

@testable import TransferCodes

@Suite struct CodeValueTests {
    @Test(arguments: CodeKind.allCases)
    func everyKindSurvivesItsOwnSymbols(kind: CodeKind) throws {
        for seed in 1...50 as ClosedRange<UInt64> {
            let code = try SampleCodes.code(kind, seed: seed, certificateLength: Int(seed) * 3)
            #expect(try TransferCode(dataSymbols: code.dataSymbols) == code)
            #expect(code.kind == kind)
        }
    }

    @Test(arguments: CodeKind.allCases)
    func theFirstCharacterTellsTheKind(kind: CodeKind) throws {
        let letters: [CodeKind: Character] = [
            .start: "S", .shortStart: "T", .request: "Q", .activation: "A", .returning: "B", .receipt: "C",
        ]
        let code = try SampleCodes.code(kind)
        #expect(code.compactText.first == letters[kind])
        #expect(kind.letter == letters[kind])
    }

    @Test func lengthsAreThoseOfTheDesign() throws {
        func characters(_ code: TransferCode) -> Int { code.compactText.count { $0 != " " } }
        #expect(characters(try SampleCodes.code(.shortStart)) == 40)
        #expect(characters(try SampleCodes.code(.start, certificateLength: 150)) == 360)
        #expect(characters(try SampleCodes.code(.request)) == 80)
        #expect(characters(try SampleCodes.code(.activation)) == 40)
        #expect(characters(try SampleCodes.code(.returning)) == 40)
        #expect(characters(try SampleCodes.code(.receipt)) == 20)
    }

    @Test func everyCertificateLengthHasItsNumberOfLines() throws {
        for length in 1...StartCode.maximumCertificateLength {
            let code = try SampleCodes.code(.start, certificateLength: length)
            #expect(code.lines.count == (130 + 8 * length + 74) / 75)
            #expect(try CodeReader.read(SampleCodes.text(code)).code == code)
        }
    }

    @Test func aRequestKeepsItsFlags() throws {
        for flags in 0...7 as ClosedRange<UInt8> {
            let code = try SampleCodes.code(.request, flags: flags)
            let read = try CodeReader.read(SampleCodes.text(code)).code
            #expect(read == code)
            #expect(read.header.flags == flags)
            #expect(read.header.bytes == [0x02, 0xE0 | flags])
        }
    }

    @Test func refusesFieldsOfTheWrongSize() {
        let ten = [UInt8](repeating: 1, count: 10)
        let sixteen = [UInt8](repeating: 1, count: 16)
        #expect(throws: CodeError.invalidField(.start, .offerSecret)) {
            try StartCode(offerSecret: sixteen, certificate: [1])
        }
        for count in [0, 151] {
            #expect(throws: CodeError.invalidField(.start, .certificate)) {
                try StartCode(offerSecret: ten, certificate: [UInt8](repeating: 0, count: count))
            }
        }
        #expect(throws: CodeError.invalidField(.shortStart, .certificateHash)) {
            try ShortStartCode(offerSecret: ten, certificateHash: sixteen)
        }
        #expect(throws: CodeError.invalidField(.shortStart, .certificateID)) {
            try ShortStartCode(offerSecret: ten, certificateID: [0, 0, 0, 1], check: [0, 0, 0, 0])
        }
        #expect(throws: CodeError.invalidField(.shortStart, .check)) {
            try ShortStartCode(offerSecret: ten, certificateID: [0, 0, 0, 0x10], check: [0])
        }
        let point = [UInt8](repeating: 0x7f, count: 32)
        #expect(throws: CodeError.invalidField(.request, .point)) {
            try RequestCode(point: point.dropLast() + [0x80], mac: [0, 0, 0, 0, 0])
        }
        #expect(throws: CodeError.invalidField(.request, .point)) { try RequestCode(point: [], mac: [0, 0, 0, 0, 0]) }
        #expect(throws: CodeError.invalidField(.request, .mac)) { try RequestCode(point: point, mac: [0, 0, 0, 0, 1]) }
        #expect(throws: CodeError.invalidField(.request, .flags)) {
            try RequestCode(flags: 8, point: point, mac: [0, 0, 0, 0, 0])
        }
        #expect(throws: CodeError.invalidField(.activation, .maskedSeed)) {
            try ActivationCode(maskedSeed: ten, tag: [0, 0])
        }
        #expect(throws: CodeError.invalidField(.activation, .tag)) {
            try ActivationCode(maskedSeed: sixteen, tag: [0, 8])
        }
        #expect(throws: CodeError.invalidField(.returning, .returnKey)) { try ReturnCode(returnKey: ten, tag: [0, 0]) }
        #expect(throws: CodeError.invalidField(.returning, .tag)) { try ReturnCode(returnKey: sixteen, tag: [0]) }
        #expect(throws: CodeError.invalidField(.receipt, .receipt)) {
            try ReceiptCode(receipt: [UInt8](repeating: 0, count: 8) + [0x40])
        }
        #expect(throws: CodeError.flagsNotZero(.receipt, flags: 1)) { try CodeHeader(.receipt, flags: 1) }
    }

    @Test func aShortStartCodeVerifiesOnlyItsCertificate() throws {
        var generator = SeededGenerator(seed: 5)
        let (secret, hash) = (generator.bytes(10), generator.bytes(32))
        let code = try ShortStartCode(offerSecret: secret, certificateHash: hash)
        #expect(code.verifies(certificateHash: hash))
        for index in hash.indices {
            var other = hash
            other[index] ^= 1
            #expect(!code.verifies(certificateHash: other))
        }
        #expect(!code.verifies(certificateHash: []))
        let wrong = try ShortStartCode(offerSecret: secret, certificateID: code.certificateID, check: [0, 1, 2, 3])
        #expect(!wrong.verifies(certificateHash: hash))
    }

    @Test func leadingBitsAreCutAndMasked() {
        #expect(leadingBits(12, of: [0xFF, 0xFF, 0xFF]) == [0xFF, 0xF0])
        #expect(leadingBits(35, of: [UInt8](repeating: 0xFF, count: 32)) == [0xFF, 0xFF, 0xFF, 0xFF, 0xE0])
        #expect(leadingBits(16, of: [1, 2, 3]) == [1, 2])
        #expect(leadingBits(0, of: [1]) == [])
        #expect(leadingBits(9, of: [1]) == nil)
    }

    @Test func descriptionsKeepTheCodeToThemselves() throws {
        for code in try SampleCodes.all() {
            for group in code.codeLines.flatMap(\.groups) { #expect(!"\(code)".contains(group)) }
            #expect("\(code)".hasPrefix(code.kind.name))
        }
    }
}
