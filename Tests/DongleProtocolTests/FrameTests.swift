import DongleProtocol
import TestKit
import Testing

/// A frame is taken whole and undamaged, or not at all.
struct FrameTests {
    static let frames: [Frame] = {
        let directions: [Frame.Direction] = [.request] + Frame.Status.allCases.map { .reply($0) }
        return directions.enumerated().flatMap { index, direction in
            [0, 1, 255, 256, 4096].compactMap { size in
                try? Frame(
                    command: UInt8(index), direction: direction, sequence: UInt16(0xFFF0 + index),
                    payload: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) })
            }
        }
    }()

    private static func refusal(of bytes: [UInt8]) -> FrameError? {
        do throws(FrameError) {
            _ = try Frame(bytes: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func readsWhatItWrote() throws {
        #expect(Self.frames.count == 20)
        for frame in Self.frames {
            #expect(try Frame(bytes: frame.bytes) == frame)
            #expect(frame.bytes.count == Frame.headerSize + frame.payload.count)
        }
    }

    @Test func hasTheLayoutOfTheSpecification() throws {
        let frame = try Frame(command: 5, direction: .reply(.refused), sequence: 0x1234, payload: [0xAA, 0xBB])
        #expect(Array(frame.bytes.prefix(12)) == Array("ALMD".utf8) + [1, 0x85, 1, 0, 0x12, 0x34, 0, 2])
        #expect(Array(frame.bytes.suffix(2)) == [0xAA, 0xBB])
    }

    @Test func refusesEveryTruncation() throws {
        for frame in Self.frames {
            let bytes = frame.bytes
            let taken = (0..<bytes.count).filter { Self.refusal(of: Array(bytes.prefix($0))) != .incomplete }
            #expect(taken.isEmpty)
        }
    }

    @Test func refusesEverySingleWrongBit() throws {
        for frame in Self.frames where frame.payload.count <= 256 {
            let bytes = frame.bytes
            let taken = (0..<bytes.count * 8).filter { bit in
                var damaged = bytes
                damaged[bit / 8] ^= 1 << UInt8(bit % 8)
                return Self.refusal(of: damaged) == nil
            }
            #expect(taken.isEmpty)
        }
    }

    @Test func refusesBytesBehindItsEnd() throws {
        for frame in Self.frames {
            #expect(throws: FrameError.trailing) { try Frame(bytes: frame.bytes + [0]) }
        }
    }

    @Test func refusesAPayloadOverTheLimit() throws {
        #expect(throws: FrameError.tooLong) {
            try Frame(command: 1, direction: .request, sequence: 0, payload: [UInt8](repeating: 0, count: 4097))
        }
        var bytes = try Frame(command: 1, direction: .request, sequence: 0, payload: []).bytes
        (bytes[10], bytes[11]) = (0x10, 0x01)
        #expect(throws: FrameError.tooLong) { try Frame(bytes: bytes) }
    }

    @Test func refusesWhatHasARightChecksumAndAWrongHeader() throws {
        func damaged(_ change: (inout [UInt8]) -> Void) throws -> [UInt8] {
            var bytes = try Frame(command: 1, direction: .request, sequence: 9, payload: [1, 2, 3]).bytes
            change(&bytes)
            let checksum = Checksum.of(bytes[..<12], bytes[16...])
            for place in 0..<4 { bytes[12 + place] = UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * place)) }
            return bytes
        }
        #expect(throws: FrameError.status) { try Frame(bytes: try damaged { $0[6] = 1 }) }
        #expect(throws: FrameError.status) {
            try Frame(bytes: try damaged { ($0[5], $0[6]) = (0x81, 3) })
        }
        #expect(throws: FrameError.reserved) { try Frame(bytes: try damaged { $0[7] = 1 }) }
        #expect(throws: FrameError.magic) { try Frame(bytes: try damaged { $0[0] = 0x61 }) }
        // Another version is not the frame's matter: its receiver says which one it speaks.
        #expect(try Frame(bytes: try damaged { $0[4] = 2 }).version == 2)
    }
}
