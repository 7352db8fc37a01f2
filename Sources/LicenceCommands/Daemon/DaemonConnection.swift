package import Control

/// A connection to a daemon, as commands use it: the real one is ``SocketConnection``.
package protocol DaemonConnection: Sendable {
    /// Calls a method.
    ///
    /// - Throws: the `LicenceError` that the daemon answered, or why it could not be asked.
    func call<Call: Calls.Method>(_ call: Call) async throws -> Call.Reply

    /// Hands every event on as it comes, until the daemon ends the stream.
    func forEachEvent(_ body: (EventEntry) async throws -> Void) async throws

    /// Returns once the connection has ended, from whichever side.
    func waitUntilClosed() async

    /// Ends the connection, and with it whatever is held over it.
    func close() async
}
