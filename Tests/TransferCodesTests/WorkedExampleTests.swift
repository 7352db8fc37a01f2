import Testing

@testable import TransferCodes

/// The examples of the specification, `Codes.md`, value by value.
@Suite struct WorkedExampleTests {
    @Test func theReceiptCodeOfTheSpecification() throws {
        let code = TransferCode.receipt(
            try ReceiptCode(receipt: [0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x80]))
        #expect(code.header.bytes == [0x01, 0x80])
        #expect(code.dataSymbols == [12, 0, 0, 0, 8, 18, 4, 12, 26, 4, 10, 21, 19, 7, 15])
        #expect(LineCode.check(kind: 12, line: 1, data: code.dataSymbols) == [6, 30, 12, 21, 24])
        #expect(code.lines == ["1  C0008 J4CT4 ANK7F  6YCNR"])
    }

    @Test func theStartCodeOfTheSpecification() throws {
        let start = try StartCode(offerSecret: Array(0..<10), certificate: Array("hello".utf8))
        #expect(start.check == [0xA2, 0x21, 0x8A, 0x0F])
        #expect(
            TransferCode.start(start).lines == [
                "1  S0000 G40R4 0M30E  0S97K", "2  2090N M6AV3 CDYH2  QH086", "3  32GF0 00000 00000  FPAR0",
            ])
    }

    @Test func thePowersOfAlphaOfTheSpecification() {
        #expect(
            Field32.powers.prefix(31) == [
                1, 2, 4, 8, 16, 5, 10, 20, 13, 26, 17, 7, 14, 28, 29, 31, 27, 19, 3, 6, 12, 24, 21, 15, 30, 25, 23, 11,
                22, 9, 18,
            ])
    }
}
