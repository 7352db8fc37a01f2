import Foundation
import Testing

@testable import Varlink

@Suite(.timeLimit(.minutes(1)))
struct ConnectionEndTests {
    @Test func aHandlerIsCancelledAndTheEndIsToldAfterItOnce() async throws {
        try await Bench.run { bench in
            let raw = try await bench.connectRaw()
            try await raw.send(#"{"method":"org.example.test.Hold","parameters":{"name":"a"}}"#)
            #expect(await bench.example.held.take() == "a")
            #expect(bench.example.ends.untaken.isEmpty)
            await raw.close()
            #expect(await bench.example.cancelled.take() == "a")
            let ended = await bench.example.ends.take()
            guard case .accepted(ended, _) = await bench.events.take() else {
                Issue.record("the end told is another connection's")
                return
            }
            #expect(await bench.nextEnd() == .closedByPeer)
            await bench.server.stop(within: .zero)
            #expect(bench.example.ends.untaken.isEmpty)
        }
    }

    @Test func theEndIsNotToldWhileAHandlerStillRuns() async throws {
        let heedless = Signal<Void>()
        let running = Signal<Void>()
        let cancelled = Signal<Void>()
        let ends = Signal<ConnectionIdentifier>()
        let folder = try Bench.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "s").path
        let service = try VarlinkService(
            identity: .init(vendor: "", product: "", version: "", url: ""), authoriser: ExampleAuthoriser(),
            interfaces: [
                VarlinkInterface(
                    description: "interface org.example.a\nmethod Heedless() -> ()",
                    methods: [
                        .call("Heedless", access: .anyone) { (_: NoParameters, _) in
                            await withTaskCancellationHandler {
                                running.put(())
                                await heedless.take()
                            } onCancel: {
                                cancelled.put(())
                            }
                            return NoParameters()
                        }
                    ])
            ],
            translate: { _ in .invalidParameter("") }, connectionEnded: { ends.put($0) })
        let server = try await VarlinkServer.start(service: service, on: .path(path, mode: 0o600))
        let raw = try await RawClient.connect(path)
        try await raw.send(#"{"method":"org.example.a.Heedless"}"#)
        await running.take()
        await raw.close()
        await cancelled.take()
        // The server stops only when the handler has returned and the connection's end was told.
        async let stopped: Void = server.stop(within: .zero)
        #expect(ends.untaken.isEmpty)
        heedless.put(())
        await stopped
        #expect(ends.untaken.count == 1)
    }

    @Test func eachOfManyConnectionsEndsOnce() async throws {
        try await Bench.run { bench in
            var clients: [VarlinkClient] = []
            for _ in 0..<40 { clients.append(try await bench.connect()) }
            for client in clients {
                _ = try await client.call("org.example.test.Who", returning: Example.Who.self)
            }
            for client in clients { await client.close() }
            var seen: Set<ConnectionIdentifier> = []
            for _ in clients { seen.insert(await bench.example.ends.take()) }
            #expect(seen.count == 40)
            await bench.server.stop(within: .zero)
            #expect(bench.example.ends.untaken.isEmpty)
        }
    }

    @Test func aStreamEndsWithItsReader() async throws {
        try await Bench.run { bench in
            let client = try await bench.connect()
            do {
                let replies = try await client.stream(
                    "org.example.test.Flood", Example.Size(bytes: 10), of: Example.Text.self)
                var read = 0
                for try await _ in replies {
                    read += 1
                    if read == 3 { break }
                }
            }
            // Letting go of the replies closes the connection: Varlink has no other way to say so.
            #expect(await bench.example.streamEnds.take() == "CancellationError")
            await client.waitUntilClosed()
            _ = await bench.example.ends.take()
        }
    }
}
