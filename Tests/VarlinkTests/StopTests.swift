import Testing

@testable import Varlink

@Suite(.timeLimit(.minutes(1)))
struct StopTests {
    @Test func aCallUnderWayIsAnsweredBeforeTheServerStops() async throws {
        try await Bench.run { bench in
            let busy = try await bench.connect()
            let idle = try await bench.connect()
            _ = try await idle.call("org.example.test.Who", returning: Example.Who.self)
            async let answer = busy.call("org.example.test.Hold", Example.Name(name: "a"), returning: Example.Name.self)
            #expect(await bench.example.held.take() == "a")
            bench.server.beginStop(within: .seconds(3_600))
            await idle.waitUntilClosed()
            await #expect(throws: VarlinkClientError.notRunning(path: bench.path)) { try await bench.connect() }
            await #expect(throws: VarlinkClientError.connectionEnded) {
                try await idle.call("org.example.test.Who", returning: Example.Who.self)
            }
            bench.example.release.put(())
            #expect(try await answer == Example.Name(name: "a"))
            try await bench.server.run()
            #expect(bench.example.cancelled.untaken.isEmpty)
            #expect(bench.example.ends.untaken.count == 2)
        }
    }

    @Test func whatIsStillUnderWayAtTheDeadlineIsCancelled() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            let answer = Task {
                try await client.call("org.example.test.Hold", Example.Name(name: "a"), returning: Example.Name.self)
            }
            #expect(await bench.example.held.take() == "a")
            await bench.server.stop(within: .milliseconds(20))
            #expect(bench.example.cancelled.untaken == ["a"])
            #expect(bench.example.ends.untaken.count == 1)
            await #expect(throws: VarlinkClientError.connectionEnded) { try await answer.value }
        }
    }

    @Test func aStreamEndsAtOnce() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            let replies = try await client.stream(
                "org.example.test.Flood", Example.Size(bytes: 10), of: Example.Text.self)
            var iterator = replies.makeAsyncIterator()
            _ = try await iterator.next()
            bench.server.beginStop(within: .seconds(3_600))
            await #expect(throws: VarlinkClientError.connectionEnded) { while try await iterator.next() != nil {} }
            try await bench.server.run()
            #expect(bench.example.streamEnds.untaken == ["CancellationError"])
        }
    }

    @Test func aStreamThatWaitsForItsReaderEndsAtOnceToo() async throws {
        try await Bench.run { bench in
            let raw = try await bench.connectRaw(reads: false)
            // One reply is more than all buffers take.
            try await raw.send(#"{"method":"org.example.test.Flood","parameters":{"bytes":4000000},"more":true}"#)
            await bench.example.streamBegins.take()
            bench.server.beginStop(within: .seconds(3_600))
            #expect(await bench.example.streamEnds.take() == "CancellationError")
        }
    }

    @Test func cancellingRunStopsTheServer() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            _ = try await client.call("org.example.test.Who", returning: Example.Who.self)
            let server = bench.server
            let run = Task { try await server.run() }
            run.cancel()
            try await run.value
            await client.waitUntilClosed()
            #expect(bench.example.ends.untaken.count == 1)
        }
    }

    @Test func stoppingTwiceIsStoppingOnce() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            let answer = Task {
                try await client.call("org.example.test.Hold", Example.Name(name: "a"), returning: Example.Name.self)
            }
            #expect(await bench.example.held.take() == "a")
            bench.server.beginStop(within: .seconds(3_600))
            // The shorter deadline counts.
            await bench.server.stop(within: .zero)
            await bench.server.stop(within: .seconds(3_600))
            #expect(bench.example.ends.untaken.count == 1)
            await #expect(throws: VarlinkClientError.connectionEnded) { try await answer.value }
        }
    }
}
