import Foundation
import Glibc
import Testing

@testable import QRPictures

/// Pictures in, by `zbarimg`.
@Suite struct QRReaderTests {
    private static let lines = ["Q0KCKTP0K884S8RW87CW", "MAQ2D9Q9WWK2RVGACRJZ"]

    private func picture(_ lines: [String] = Self.lines, largestVersion: Int = 10) throws -> QRPicture {
        try #require(QRPicture(lines: lines, largestVersion: largestVersion))
    }

    @Test func readsItsOwnPicture() throws {
        #expect(try QRReader.text(in: picture().png) == Self.lines.joined(separator: " ") + "\n")
    }

    @Test func readsAllSymbolsOfAPicture() throws {
        let parts = try picture(largestVersion: 1)
        #expect(parts.parts.count == 2)
        let text = try QRReader.text(in: parts.png)
        #expect(Set(text.split(separator: "\n").map(String.init)) == Set(Self.lines))
    }

    @Test func makesTheSamePictureAgain() throws {
        #expect(try picture().png == picture().png)
    }

    @Test func saysThatNothingIsInAPicture() throws {
        #expect(throws: QRReaderError.refused("it is no picture")) { try QRReader.text(in: []) }
        let white = try #require(Data(base64Encoded: Self.white))
        #expect(throws: QRReaderError.nothingFound) { try QRReader.text(in: Array(white)) }
    }

    /// A white GIF of one pixel.
    private static let white = "R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="

    @Test func refusesADamagedPicture() throws {
        let whole = try picture().png
        for count in [8, 20, 40, whole.count / 2] {
            let error = #expect(throws: QRReaderError.self) { try QRReader.text(in: Array(whole.prefix(count))) }
            switch error {
            case .refused, .nothingFound: break
            default: Issue.record("\(count) bytes: \(String(describing: error))")
            }
        }
    }

    /// A PNG file that says it has this size, and holds next to nothing.
    private static func claims(_ width: UInt32, _ height: UInt32) throws -> [UInt8] {
        var bytes = try #require(QRPicture(lines: lines)).png
        for (offset, number) in [(16, width), (20, height)] {
            for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: number >> (24 - 8 * index)) }
        }
        var crc = ~UInt32(0)
        for byte in bytes[12..<29] {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        for index in 0..<4 { bytes[29 + index] = UInt8(truncatingIfNeeded: ~crc >> (24 - 8 * index)) }
        return bytes
    }

    @Test func refusesAPictureThatUnpacksToTooMuch() throws {
        for (width, height) in [(16_000, 16_000), (17_000, 10), (10, 17_000), (1 << 30, 1 << 30)] as [(UInt32, UInt32)]
        {
            let bytes = try Self.claims(width, height)
            let error = #expect(throws: QRReaderError.self) { try QRReader.text(in: bytes) }
            guard case .refused = error else { throw try #require(error) }
        }
    }

    @Test(arguments: [
        (PictureFormat.pdf, Array("%PDF-1.7\n".utf8)), (.heif, [0, 0, 0, 0x18] + Array("ftypheic".utf8)),
    ])
    func namesWhatItDoesNotLookInto(format: PictureFormat, bytes: [UInt8]) {
        #expect(throws: QRReaderError.unsupported(format)) { try QRReader.text(in: bytes) }
    }

    @Test func knowsPicturesByTheirFirstBytes() {
        let starts: [(PictureFormat?, [UInt8])] = [
            (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]), (.jpeg, [0xFF, 0xD8, 0xFF, 0xE0]),
            (.gif, Array("GIF89a".utf8)), (.webp, Array("RIFF".utf8) + [1, 2, 3, 4] + Array("WEBPVP8 ".utf8)),
            (.tiff, [0x49, 0x49, 0x2A, 0, 8]), (.tiff, [0x4D, 0x4D, 0, 0x2A]),
            (.bmp, Array("BM".utf8) + [1, 2, 3, 4, 0, 0, 0, 0]), (nil, Array("BMW is a car".utf8)),
            (nil, Array("RIFF".utf8)), (nil, []), (nil, [0x89, 0x50]), (nil, Array("1  Q0KCK TP0K8".utf8)),
            (nil, Array("<?xml version=\"1.0\"?><svg/>".utf8)), (nil, [0xFF, 0xFE, 0x41, 0]),
        ]
        for (format, bytes) in starts { #expect(PictureFormat(bytes) == format, "\(bytes)") }
    }
}

/// Other programs within their bounds.
@Suite struct BoundedToolTests {
    private func tool(_ command: [String], seconds: Int = 60, mostOutput: Int = 1 << 20) -> BoundedTool {
        BoundedTool(
            command: command, variables: ["SAID": "so"], memory: 1 << 30, seconds: seconds, mostOutput: mostOutput)
    }

    @Test func givesItsInputAndTakesItsOutputs() throws {
        let input = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let result = try tool(["cat"]).run(input: input)
        #expect(result.output == input)
        #expect(result.status == 0)
        let said = try tool(["sh", "-c", "echo $SAID $HOME; echo why >&2; exit 7"]).run(input: input)
        #expect(said.output == Array("so\n".utf8))
        #expect(said.errors == Array("why\n".utf8))
        #expect(said.status == 7)
    }

    @Test func namesWhatIsNotThere() {
        #expect(throws: BoundedTool.Failure.notStarted(ENOENT)) { try tool(["almd-no-such-tool"]).run(input: []) }
    }

    @Test func endsOneThatTalksOrWaitsTooLong() {
        #expect(throws: BoundedTool.Failure.tooMuch) { try tool(["yes"], mostOutput: 10_000).run(input: []) }
        #expect(throws: BoundedTool.Failure.tooLong) { try tool(["sleep", "1000"], seconds: 1).run(input: []) }
    }

    @Test func endsOneThatHasNothingMoreToSayAndGoesOn() {
        let silent = ["sh", "-c", "exec >&- 2>&-; exec sleep 1000"]
        #expect(throws: BoundedTool.Failure.tooLong) { try tool(silent, seconds: 1).run(input: []) }
    }

    @Test func boundsItsMemory() throws {
        let result = try tool(["sh", "-c", "cat; ulimit -v; ulimit -t; ulimit -c"]).run(input: [])
        #expect(String(decoding: result.output, as: UTF8.self) == "\(1 << 20)\n60\n0\n")
    }

    @Test func keepsItsOwnDescriptorsToItself() throws {
        let open = open("/dev/null", O_RDONLY)
        defer { close(open) }
        let result = try tool(["sh", "-c", "ls /proc/$$/fd"]).run(input: [])
        #expect(String(decoding: result.output, as: UTF8.self) == "0\n1\n2\n")
    }
}
