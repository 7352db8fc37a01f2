import DongleProtocol
import Testing
import USBGadget

/// Frames out of packets: what is read, and how much is asked for.
struct RequestStreamTests {
    /// A host that sends `bytes`, each of `transfers` ended as USB ends it, and a kernel that ends a read when it is full
    /// or with a packet that is not. Gives what was read out; nil where a read would have waited for ever although
    /// everything was sent.
    private func carry(_ transfers: [[UInt8]], packet: UInt16) throws -> [RequestStream.Arrival]? {
        var stream = try #require(RequestStream(packetSize: packet))
        var packets = transfers.flatMap { transfer in
            stride(from: 0, to: transfer.count, by: Int(packet)).map {
                Array(transfer[$0..<min($0 + Int(packet), transfer.count)])
            }
        }[...]
        var arrivals: [RequestStream.Arrival] = []
        while !packets.isEmpty {
            let size = stream.readSize
            #expect(size > 0 && size % Int(packet) == 0)
            var read: [UInt8] = []
            while read.count < size {
                guard let next = packets.popFirst() else { return nil }
                read += next
                if next.count < packet { break }
            }
            arrivals += stream.take(read[...])
        }
        return arrivals
    }

    private func frame(size: Int) throws -> Frame {
        try Frame(
            command: 1, direction: .request, sequence: 7,
            payload: (0..<(size - Frame.headerSize)).map { UInt8(truncatingIfNeeded: $0) })
    }

    @Test(arguments: [64, 512, 1024] as [UInt16], [-1, 0, 1])
    func takeFramesThatEndAroundTheEndOfAPacket(_ packet: UInt16, _ difference: Int) throws {
        for count in 1...3 {
            let frame = try frame(size: count * Int(packet) + difference)
            #expect(try carry([frame.bytes], packet: packet) == [.request(frame)])
        }
    }

    @Test(arguments: [64, 512, 1024] as [UInt16]) func takeTheShortestAndTheLongestFrame(_ packet: UInt16) throws {
        for size in [Frame.headerSize, Frame.maximumSize] {
            let frame = try frame(size: size)
            #expect(try carry([frame.bytes], packet: packet) == [.request(frame)])
        }
    }

    @Test(arguments: [1, 15, 16, 17, 63, 64, 65, 600]) func takeAFrameInPieces(_ piece: Int) throws {
        let frame = try frame(size: 1300)
        let pieces = stride(from: 0, to: frame.bytes.count, by: piece).map {
            Array(frame.bytes[$0..<min($0 + piece, frame.bytes.count)])
        }
        #expect(try carry(pieces, packet: 64) == [.request(frame)])
    }

    @Test func takeOneFrameAfterAnother() throws {
        let frames = try [512, 16, 1024, 700].map { try frame(size: $0) }
        #expect(try carry(frames.map(\.bytes), packet: 512) == frames.map { .request($0) })
        #expect(
            try carry([frames[1].bytes + frames[3].bytes], packet: 512) == [.request(frames[1]), .request(frames[3])])
    }

    @Test func dropEverythingBehindGarbage() throws {
        let frame = try frame(size: 40)
        var broken = frame.bytes
        broken[20] ^= 1
        for garbage in [[UInt8](repeating: 0xA5, count: 40), broken, Array("ALMX".utf8)] {
            #expect(try carry([garbage, frame.bytes, frame.bytes], packet: 64) == [.garbage])
        }
    }

    @Test func goOnReadingPacketByPacketAfterGarbage() throws {
        var stream = try #require(RequestStream(packetSize: 512))
        #expect(stream.take([0x00]) == [.garbage])
        #expect(stream.readSize == 512)
        #expect(stream.take([0x00]).isEmpty)
    }

    @Test func neverAskForMoreThanTheHeaderTells() throws {
        var stream = try #require(RequestStream(packetSize: 64))
        #expect(stream.readSize == 64)
        let bytes = try frame(size: Frame.maximumSize).bytes
        #expect(stream.take(bytes[..<64]).isEmpty)
        #expect(stream.readSize == Frame.maximumSize - Frame.maximumSize % 64)
        #expect(stream.take([]).isEmpty)
    }

    @Test(arguments: [0, 1, 7, 9, 63, 65, 1000, 1025, 2048, 0xFFFF] as [UInt16])
    func refuseWhatIsNoPacketSize(_ size: UInt16) {
        #expect(RequestStream(packetSize: size) == nil)
    }
}
