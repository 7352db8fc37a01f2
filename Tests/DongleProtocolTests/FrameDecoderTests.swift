import DongleProtocol
import TestKit
import Testing

/// The decoder finds frames in a stream however it is cut, and keeps no more than one.
struct FrameDecoderTests {
    private func frames(_ count: Int) throws -> [Frame] {
        try (0..<count).map {
            try Frame(
                command: 1, direction: .request, sequence: UInt16($0),
                payload: [UInt8](repeating: UInt8($0), count: $0 * 37))
        }
    }

    @Test(arguments: [1, 2, 3, 15, 16, 17, 64, 5000])
    func findsTheFramesOfAStreamInPiecesOf(_ size: Int) throws {
        let sent = try frames(8)
        let stream = sent.flatMap(\.bytes)
        var decoder = FrameDecoder()
        var found: [Frame] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            var piece = stream[start..<min(start + size, stream.count)]
            while let frame = try decoder.next(from: &piece) { found.append(frame) }
            #expect(piece.isEmpty)
        }
        #expect(found == sent)
        #expect(decoder.missing == Frame.headerSize)
    }

    @Test func takesNoByteBeyondTheFrameItReads() throws {
        let sent = try frames(3)
        var stream = sent.flatMap(\.bytes)[...]
        var decoder = FrameDecoder()
        #expect(try decoder.next(from: &stream) == sent[0])
        #expect(Array(stream) == sent[1].bytes + sent[2].bytes)
        #expect(decoder.missing == Frame.headerSize)
    }

    @Test func tellsThatAFrameIsNotWhole() throws {
        var decoder = FrameDecoder()
        var half = try frames(2)[1].bytes.dropLast(1)
        #expect(try decoder.next(from: &half) == nil)
        #expect(decoder.missing == 1)
    }

    @Test func staysRefusedOnceTheStreamWasWrong() throws {
        var decoder = FrameDecoder()
        var wrong = Array("ALMX".utf8)[...]
        #expect(throws: FrameError.magic) { try decoder.next(from: &wrong) }
        var right = try frames(1)[0].bytes[...]
        #expect(throws: FrameError.magic) { try decoder.next(from: &right) }
    }

    @Test func refusesALengthOverTheLimitBeforeThePayloadComes() throws {
        var decoder = FrameDecoder()
        var header = Array(try Frame(command: 1, direction: .request, sequence: 0, payload: []).bytes)[...]
        header[10] = 0xFF
        #expect(throws: FrameError.tooLong) { try decoder.next(from: &header) }
    }

    @Test func takesRandomBytesWithoutEverGivingAFrame() throws {
        let random = DeterministicRandom(seed: 0xD0)
        for round in 0..<2000 {
            // Half of them begin like a frame.
            var bytes = (round.isMultiple(of: 2) ? Frame.magic : []) + random.bytes(64)
            if round.isMultiple(of: 4) { (bytes[7], bytes[10]) = (0, 0) }
            var rest = bytes[...]
            var decoder = FrameDecoder()
            var frame: Frame?
            do { frame = try decoder.next(from: &rest) } catch { #expect(decoder.missing == Frame.headerSize) }
            #expect(frame == nil, "a frame out of \(bytes)")
        }
    }
}
