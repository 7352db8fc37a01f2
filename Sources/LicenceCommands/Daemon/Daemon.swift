package import Control

/// The daemon that a command talks to.
package struct Daemon: Sendable {
    /// The path of its socket.
    package let path: String
    private let connection: @Sendable (String) async throws -> any DaemonConnection

    /// Where the daemon of an installed product listens.
    package static let installedPath = "/run/almd/almd.sock"

    package init(path: String, connect: @escaping @Sendable (String) async throws -> any DaemonConnection) {
        (self.path, connection) = (path, connect)
    }

    /// Calls one method over a connection of its own, so that a person may think as long as they like between two.
    package func call<Call: Calls.Method>(_ call: Call) async throws -> Call.Reply {
        try await connected { try await $0.call(call) }
    }

    /// A connection for the length of `body`.
    package func connected<Result: Sendable>(
        _ body: (any DaemonConnection) async throws -> Result
    ) async throws -> Result {
        let opened = try await connection(path)
        do {
            let result = try await body(opened)
            await opened.close()
            return result
        } catch {
            await opened.close()
            throw error
        }
    }
}
