import Control
import Foundation

/// A connection to a daemon over its Unix socket.
struct SocketConnection: DaemonConnection {
    private let client: ControlClient

    /// - Throws: `daemonNotRunning`, `daemonNotReachable`, `daemonSilent`, `notADaemon`.
    init(path: String) async throws {
        client = try await ControlClient.connect(path: path)
    }

    func call<Call: Calls.Method>(_ call: Call) async throws -> Call.Reply {
        try await client.call(call)
    }

    func forEachEvent(_ body: (EventEntry) async throws -> Void) async throws {
        try await client.monitor { event in
            try await body(event)
            return true
        }
    }

    func waitUntilClosed() async { await client.waitUntilClosed() }

    func close() async { await client.close() }
}

extension CommandEnvironment {
    /// What a command of this process finds around itself.
    package static let process = CommandEnvironment(
        console: StandardConsole(), variables: ProcessInfo.processInfo.environment,
        connect: { path in try await SocketConnection(path: path) }, now: systemClock, randomBytes: systemRandom)
}
