import Glibc
import Licensing
import Logging
import Synchronization
import TestKit
import Testing
import USBDongles
import VaultStore
import Vaults

@testable import LicenceDaemon

/// Whole daemons in this process, each with a store on the disk and a real socket.
struct DaemonBench: Sendable {
    let scratch: Scratch
    /// The machine that their stores are tied to.
    static let machine = MachineIdentity("0123456789abcdef0123456789abcdef")

    /// - Parameter isOnDisk: whether the stores lie on a disk; in memory a sync costs nothing.
    init(isOnDisk: Bool = true) throws { scratch = try Scratch(isOnDisk: isOnDisk) }

    /// - Parameter place: the folder below which everything lies.
    init(in place: String) throws { scratch = try Scratch(in: place) }

    /// What was logged.
    final class LogRecord: Sendable {
        /// `warning: what happened key=value`
        let lines = Mutex<[String]>([])
    }

    /// A log handler that writes everything down and tells when the daemon is ready.
    struct ReadyHandler: LogHandler {
        let ready: AsyncStream<Void>.Continuation
        var record = LogRecord()
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        func log(event: LogEvent) {
            let values = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            let words = ["\(event.level): \(event.message)"] + values.map { "\($0.key)=\($0.value)" }
            record.lines.withLock { $0.append(words.joined(separator: " ")) }
            if "\(event.message)" == "ready" { ready.yield() }
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
    }

    /// Settings with a folder for vendors, in which there is none yet.
    func configuration(state: String = "state", socket: String = "socket") throws -> DaemonConfiguration {
        DaemonConfiguration(
            state: scratch.path(state), socket: scratch.path(socket), vendors: try scratch.makeFolder("vendors"),
            bus: scratch.path("\(socket).bus"))
    }

    /// The store of a daemon that does not run.
    func openStore(
        _ configuration: DaemonConfiguration, machine: MachineIdentity? = Self.machine
    ) throws(LicenceError) -> SQLiteVault {
        try SQLiteVault.open(localStoreIn: configuration.state, machine: machine, random: SystemSources.random)
    }

    /// Puts keys into the store of a daemon that does not run, as a vendor does; `user` stands in the history.
    func mint(_ keys: [TestKey], into configuration: DaemonConfiguration, by user: UInt32 = 0) throws {
        let store = try openStore(configuration)
        for key in keys {
            try store.mint(key.certificate, key.seed, on: Occasion(now: Timestamp(seconds: 1), user: user))
        }
    }

    /// Runs a daemon during `body`, and then ends it.
    func running(
        _ configuration: DaemonConfiguration, manager: ServiceEnvironment = .none, usb source: HandSource? = nil,
        machine: MachineIdentity? = Self.machine, log: LogRecord = LogRecord(), draws: DrawRecord = DrawRecord(),
        _ body: () async throws -> Void
    ) async throws {
        let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
        let daemon = Daemon(
            configuration, manager: manager,
            startUSB: { _, _ async throws(USBStartError) in
                guard let source else { throw USBStartError(message: "there is no USB here", hint: "none") }
                return source
            }, machine: machine, random: { draws.draw($0, from: SystemSources.random) },
            logger: Logger(label: "test") { _ in ReadyHandler(ready: continuation, record: log) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                do { try await daemon.run() } catch is CancellationError {}
            }
            var isReady = false
            for await _ in ready {
                isReady = true
                break
            }
            // One that ended instead says why.
            if isReady { try await body() }
            group.cancelAll()
            try await group.waitForAll()
            #expect(isReady)
        }
    }
}
