import Synchronization
import Testing

@testable import Varlink

@Suite(.timeLimit(.minutes(1)))
struct SlowReaderTests {
    private var limits: Limits {
        var limits = Limits()
        limits.unsentTime = .milliseconds(300)
        return limits
    }

    @Test func aStreamWaitsForItsReaderAndEndsWithOneThatReadsNothing() async throws {
        try await Bench.run(limits: limits) { bench in
            let other = try await bench.connect()
            let raw = try await bench.connectRaw(reads: false)
            try await raw.send(#"{"method":"org.example.test.Flood","parameters":{"bytes":200000},"more":true}"#)
            #expect(await bench.nextEnd() == .readerTooSlow)
            #expect(await bench.example.streamEnds.take() == "CancellationError")
            // 256 KiB in the server and as much in the socket: two or three replies, then the stream waits.
            #expect(bench.example.flooded.load(ordering: .relaxed) <= 4)
            #expect(
                try await other.call("org.example.test.Echo", Example.Text(text: "b"), returning: Example.Text.self)
                    .text == "b")
        }
    }

    @Test func noCallIsBegunForACallerThatDoesNotReadItsReplies() async throws {
        try await Bench.run(limits: limits) { bench in
            let raw = try await bench.connectRaw(reads: false)
            let long = String(repeating: "x", count: 100_000)
            var written = 0
            while written < 1_000,
                (try? await raw.send("{\"method\":\"org.example.test.Echo\",\"parameters\":{\"text\":\"\(long)\"}}"))
                    != nil
            {
                written += 1
            }
            #expect(written < 30)
            #expect(await bench.nextEnd() == .readerTooSlow)
        }
    }

    @Test func aReaderThatTakesItsTimeGetsEverything() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            let replies = try await client.stream(
                "org.example.test.Count", Example.Limit(to: 5_000), of: Example.Number.self)
            var iterator = replies.makeAsyncIterator()
            #expect(try await iterator.next() == Example.Number(number: 1))
            // Other traffic goes on while nobody takes from the stream.
            let other = try await bench.connect()
            for _ in 0..<200 { _ = try await other.call("org.example.test.Who", returning: Example.Who.self) }
            for number in 2...5_000 { #expect(try await iterator.next() == Example.Number(number: number)) }
            #expect(try await iterator.next() == nil)
        }
    }
}
