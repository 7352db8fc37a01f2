import NIOCore
import Testing

@testable import Varlink

struct MessageFramerTests {
    private func append(_ bytes: [UInt8], to framer: inout MessageFramer) {
        var buffer = ByteBuffer(bytes: bytes)
        framer.append(&buffer)
    }

    @Test(arguments: 1...9)
    func cutsTheSameMessagesHoweverTheyArrive(_ chunk: Int) throws {
        let messages: [[UInt8]] = [[1, 2, 3], [], [4], [5, 6, 7, 8], []]
        let stream: [UInt8] = Array(messages.map { $0 + [0] }.joined())
        var framer = MessageFramer(limit: 4)
        var cut: [[UInt8]] = []
        for start in stride(from: 0, to: stream.count, by: chunk) {
            append(Array(stream[start..<min(start + chunk, stream.count)]), to: &framer)
            while let message = try framer.next() { cut.append(message) }
        }
        #expect(cut == messages)
        #expect(!framer.hasBegun && !framer.hasMessage)
    }

    @Test func knowsWhatIsBegunAndWhatIsWhole() throws {
        var framer = MessageFramer(limit: 8)
        #expect(!framer.hasBegun && !framer.hasMessage)
        append([1], to: &framer)
        #expect(framer.hasBegun && !framer.hasMessage)
        append([0, 2], to: &framer)
        #expect(!framer.hasBegun && framer.hasMessage)
        #expect(try framer.next() == [1])
        #expect(framer.hasBegun && !framer.hasMessage)
        #expect(try framer.next() == nil)
    }

    @Test func refusesAMessageOverTheLimitWhetherItsEndCameOrNot() throws {
        var whole = MessageFramer(limit: 4)
        append([1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 0], to: &whole)
        #expect(try whole.next() == [1, 2, 3, 4])
        #expect(throws: MessageFault.tooLong(limit: 4)) { try whole.next() }
        #expect(throws: MessageFault.tooLong(limit: 4)) { try whole.next() }

        var endless = MessageFramer(limit: 4)
        append([1, 2, 3, 4], to: &endless)
        #expect(try endless.next() == nil)
        append([5], to: &endless)
        #expect(endless.isTooLong)
        #expect(throws: MessageFault.tooLong(limit: 4)) { try endless.next() }
    }
}
