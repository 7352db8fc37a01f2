import DongleProtocol
import Dongles
import Foundation
import Licensing
import NIOPosix
import Testing
import Vaults

/// A folder of a test's own, removed with everything in it at the end.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/alm-bus-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in it.
    subscript(_ name: String) -> String { "\(path)/\(name)" }
}

/// A dongle plugged in at a bus, answering on a thread of its own.
final class PluggedIn: Sendable {
    /// How its cable ended, or why it could not be plugged in.
    typealias Outcome = Result<CableClient.Ending, LicenceError>

    private let client = CableClient(pause: .zero)
    private let outcomes: AsyncStream<Outcome>

    /// Plugs in a dongle with `keys` keys.
    init(_ serial: String, at path: String, keys: Int = 1, fault: CableFault? = nil) {
        let (outcomes, continuation) = AsyncStream.makeStream(of: Outcome.self)
        self.outcomes = outcomes
        let client = client
        Thread.detachNewThread {
            guard let device = try? Plugged(keys: keys, serial: serial).device else { return continuation.finish() }
            do throws(LicenceError) {
                continuation.yield(.success(try client.run(device, at: path, fault: fault)))
            } catch {
                continuation.yield(.failure(error))
            }
            continuation.finish()
        }
    }

    /// Pulls it out.
    func pull() { client.stop() }

    /// Waits for the end of its cable.
    func outcome() async throws -> CableClient.Ending {
        for await outcome in outcomes { return try outcome.get() }
        throw LicenceError(.cancelled)
    }
}

/// An open bus, and what is read of its events.
final class BusBench {
    let folder: TestFolder
    let listener: CableListener
    private var iterator: DongleEvents.Iterator

    init(cables: Int = 16, admitting admission: @escaping CableListener.Admission = { _, _ in true }) async throws {
        folder = try TestFolder()
        listener = try await CableListener.open(
            CableListener.Settings(path: folder["bus"], cables: cables), on: MultiThreadedEventLoopGroup.singleton,
            admitting: admission)
        iterator = listener.events.makeAsyncIterator()
    }

    var path: String { folder["bus"] }

    /// The next event, which has to be an arrival.
    func arrival() async throws -> DongleArrival {
        guard case .arrived(let arrival) = await iterator.next() else { throw LicenceError(.cancelled) }
        return arrival
    }

    /// The next event, which has to be a departure.
    func departure() async throws -> DonglePort {
        guard case .departed(let port) = await iterator.next() else { throw LicenceError(.cancelled) }
        return port
    }

    /// Waits for the end of the events; false where another event came.
    func isAtEnd() async -> Bool { await iterator.next() == nil }
}

/// Does `body`, which blocks, on a thread where blocking holds up nobody.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}
