import Licensing
import TestKit
import Testing

@Suite struct BinaryFormTests {
    @Test func readsBackWhatWasWritten() throws {
        var writer = BinaryWriter()
        writer.write(0x12 as UInt8)
        writer.write(0x1234 as UInt16)
        writer.write(0x1234_5678 as UInt32)
        writer.write(0x1234_5678_9abc_def0 as UInt64)
        writer.write(short: Array("kurz".utf8))
        writer.write(long: [UInt8](repeating: 7, count: 300))
        writer.write(true)
        writer.write(optional: 5 as UInt8?) { $0.write($1) }
        writer.write(optional: nil as UInt8?) { $0.write($1) }
        writer.write(raw: [1, 2, 3])
        #expect(writer.bytes.prefix(7) == [0x12, 0x12, 0x34, 0x12, 0x34, 0x56, 0x78])

        var reader = BinaryReader(writer.bytes)
        #expect(try reader.integer(UInt8.self) == 0x12)
        #expect(try reader.integer(UInt16.self) == 0x1234)
        #expect(try reader.integer(UInt32.self) == 0x1234_5678)
        #expect(try reader.integer(UInt64.self) == 0x1234_5678_9abc_def0)
        #expect(try reader.text() == "kurz")
        #expect(try reader.long().count == 300)
        #expect(try reader.flag())
        #expect(try reader.optional(Self.byte) == 5)
        #expect(try reader.optional(Self.byte) == nil)
        #expect(reader.consumed == writer.bytes.count - 3)
        #expect(throws: BinaryReader.Malformed.self) { try reader.finish() }
        #expect(try reader.raw(3) == [1, 2, 3])
        try reader.finish()
    }

    @Test func refusesWhatNoWriterWrites() {
        func read<Value>(_ bytes: [UInt8], _ body: (inout BinaryReader) throws -> Value) throws -> Value {
            var reader = BinaryReader(bytes)
            return try body(&reader)
        }
        #expect(throws: BinaryReader.Malformed.self) { try read([]) { try $0.integer(UInt8.self) } }
        #expect(throws: BinaryReader.Malformed.self) { try read([1, 2, 3]) { try $0.integer(UInt32.self) } }
        #expect(throws: BinaryReader.Malformed.self) { try read([2]) { try $0.flag() } }
        #expect(throws: BinaryReader.Malformed.self) { try read([255]) { try $0.optional(Self.byte) } }
        #expect(throws: BinaryReader.Malformed.self) { try read([3, 1, 2]) { try $0.short() } }
        #expect(throws: BinaryReader.Malformed.self) { try read([255, 255, 1]) { try $0.long() } }
        #expect(throws: BinaryReader.Malformed.self) { try read([1, 2]) { try $0.raw(-1) } }
        #expect(throws: BinaryReader.Malformed.self) { try read([1, 2]) { try $0.raw(.max) } }
        for text in [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80]] as [[UInt8]] {
            #expect(throws: BinaryReader.Malformed.self) { try read([UInt8(text.count)] + text) { try $0.text() } }
        }
    }

    /// Whatever the bytes and whatever is read of them, a reader answers or throws, and never goes past the end.
    @Test func neverTrapsOnRandomBytes() {
        let random = DeterministicRandom(seed: 31)
        for _ in 0..<3000 {
            let bytes = random.bytes(Int(random.next() % 64))
            var reader = BinaryReader(bytes)
            for _ in 0..<12 {
                do {
                    switch random.next() % 9 {
                    case 0: _ = try reader.integer(UInt8.self)
                    case 1: _ = try reader.integer(UInt16.self)
                    case 2: _ = try reader.integer(UInt64.self)
                    case 3: _ = try reader.raw(Int(truncatingIfNeeded: random.next()))
                    case 4: _ = try reader.short()
                    case 5: _ = try reader.long()
                    case 6: _ = try reader.text()
                    case 7: _ = try reader.optional(Self.byte)
                    default: _ = try reader.flag()
                    }
                } catch {}
                guard (0...bytes.count).contains(reader.consumed) else {
                    Issue.record("read \(reader.consumed) of \(bytes.count) bytes")
                    return
                }
            }
        }
    }

    private static func byte(_ reader: inout BinaryReader) throws(BinaryReader.Malformed) -> UInt8 {
        try reader.integer()
    }

    @Test func crockfordReadsEveryByteOrNothing() {
        #expect(Crockford.alphabet.count == 32)
        for (value, character) in Crockford.alphabet.enumerated() {
            #expect(Crockford.value(of: character) == UInt8(value))
        }
        let readable = (0...255 as ClosedRange<UInt8>).filter { Crockford.value(of: $0) != nil }
        #expect(readable.count == 10 + 2 * 22 + 6)
        #expect(Crockford.normalised("o0 iIlL-aZ") == "001111AZ")
        #expect(Crockford.normalised("u") == nil)
        #expect(Crockford.text([0xff], characters: 3) == "ZW0")
        #expect(Crockford.grouped("", by: 5) == "")
    }
}
