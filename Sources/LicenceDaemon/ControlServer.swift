import Control
import Dongles
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
    /// Where it listens.
    let listener: VarlinkListener
    let events: EventLog
    let logger: Logger
    /// What is waited for before anybody is answered, so that the first answers know the dongles that are there.
    var settled: [Gate] = []
    /// How long that may take; a dongle that takes longer is mounted later.
    var patience = DongleTimes().greeting
    /// Done once callers are answered.
    var onReady: @Sendable () async -> Void = {}

    func run() async throws {
        await settle()
        guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
        let server: VarlinkServer
        do {
            server = try await VarlinkServer.start(service: service, on: listener) { event in
                logger.debug("\(event)")
            }
        } catch {
            throw LicenceError(.socketUnusable, [.path: name, .reason: "\(error)"])
        }
        await onReady()
        logger.notice("ready", metadata: ["socket": "\(name)"])
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: {
            events.finish()
            server.beginStop(within: Self.grace)
        }
    }

    /// Waits for the dongles that are there, no longer than `patience`, and not at all once the daemon is told to stop.
    /// Not by `cancelWhenGracefulShutdown`, whose end makes a task by itself (``TaskPool`` says what that costs).
    private func settle() async {
        guard !settled.isEmpty else { return }
        let stop = Gate()
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for gate in settled { await gate.pass() }
                }
                group.addTask { await pause(for: patience) }
                group.addTask { await stop.pass() }
                await group.next()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            stop.open()
        }
    }

    private var name: String {
        switch listener {
        case .path(let path, _): path
        case .inherited(let descriptor): "handed over by the service manager (descriptor \(descriptor))"
        }
    }
}
