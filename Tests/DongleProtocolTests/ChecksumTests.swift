import DongleProtocol
import Testing

/// The checksum is the well-known one, so that a second implementation can take it from a library.
struct ChecksumTests {
    @Test func givesTheCheckValueOfCRC32() {
        // The check value of CRC-32/ISO-HDLC in the catalogue https://reveng.sourceforge.io/crc-catalogue/.
        #expect(Checksum.of(Array("123456789".utf8)[...]) == 0xCBF4_3926)
    }

    @Test func isTheSameInPiecesAsInOne() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for cut in 0...bytes.count {
            #expect(Checksum.of(bytes[..<cut], bytes[cut...]) == Checksum.of(bytes[...]))
        }
    }
}
