import Foundation
import Synchronization

@testable import Varlink

/// A server of an ``Example`` in a folder of its own, for the length of a test.
struct Bench: Sendable {
    let example: Example
    let server: VarlinkServer
    let path: String
    let folder: URL
    let events: Signal<VarlinkServerEvent>

    /// Runs a test against a server, then stops it and removes its folder.
    static func run(limits: Limits = Limits(), _ test: (Bench) async throws -> Void) async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let example = Example()
        let events = Signal<VarlinkServerEvent>()
        let path = folder.appending(path: "socket").path
        let server = try await VarlinkServer.start(
            service: try example.service(), on: .path(path, mode: 0o666), limits: limits
        ) { events.put($0) }
        let bench = Bench(example: example, server: server, path: path, folder: folder, events: events)
        do {
            try await test(bench)
        } catch {
            await server.stop(within: .zero)
            throw error
        }
        await server.stop(within: .zero)
    }

    static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "varlink-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    func connect() async throws -> VarlinkClient {
        try await VarlinkClient.connect(unixPath: path)
    }

    func connectRaw(reads: Bool = true) async throws -> RawClient {
        try await RawClient.connect(path, reads: reads)
    }

    /// Why the next connection ended.
    func nextEnd() async -> VarlinkServerEvent.End {
        while true {
            if case .ended(_, let end) = await events.take() { return end }
        }
    }

    /// Why the next connection was turned away.
    func nextRefusal() async -> VarlinkServerEvent.Refusal {
        while true {
            if case .turnedAway(let refusal, _) = await events.take() { return refusal }
        }
    }
}
