import Control
import Licensing
import Logging
import ServiceLifecycle
import Varlink

/// The control socket, from the daemon's start to its graceful stop.
struct ControlServer: Service {
    /// How long calls that are under way may go on once the daemon is told to stop: longer than one operation of a
    /// dongle may take.
    static let grace = Duration.seconds(20)

    let service: VarlinkService
    let path: String
    let events: EventLog
    let logger: Logger

    func run() async throws {
        let server: VarlinkServer
        do {
            // Whoever can connect may list and use; what moves keys is decided for each call by who the peer is.
            server = try await VarlinkServer.start(service: service, on: .path(path, mode: 0o666)) { event in
                logger.debug("\(event)")
            }
        } catch {
            throw LicenceError(.socketUnusable, [.path: path, .reason: "\(error)"])
        }
        logger.notice("ready", metadata: ["socket": "\(path)"])
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: {
            events.finish()
            server.beginStop(within: Self.grace)
        }
    }
}
