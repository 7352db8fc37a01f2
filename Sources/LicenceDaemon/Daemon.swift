import Control
import Dongles
import Glibc
package import Licensing
package import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import USBDongles
import UnixSignals
import Varlink
import VaultStore
import Vaults

/// The daemon: one local store, the dongles that are plugged in, and the control socket.
package struct Daemon: Sendable {
    private let configuration: DaemonConfiguration
    private let manager: ServiceEnvironment
    private let logger: Logger
    private let startUSB: USBStart
    private let machine: MachineIdentity?
    private let clock = SystemSources.now
    private let random: @Sendable (Int) -> [UInt8]

    /// - Parameter manager: what the service manager that started the process told it.
    /// - Throws: `storeFailed` where this machine's identity can't be read.
    package init(
        _ configuration: DaemonConfiguration, manager: ServiceEnvironment = .none, logger: Logger
    ) throws(LicenceError) {
        self.init(
            configuration, manager: manager, startUSB: USBPort.libusb, machine: try .ofThisMachine(), logger: logger)
    }

    /// - Parameters:
    ///   - startUSB: how USB is begun with; a test stands in for it.
    ///   - machine: what the store is tied to beside its place.
    ///   - random: where its secrets come from.
    init(
        _ configuration: DaemonConfiguration, manager: ServiceEnvironment = .none, startUSB: @escaping USBStart,
        machine: MachineIdentity?,
        random: @escaping @Sendable (Int) -> [UInt8] = SystemSources.random, logger: Logger
    ) {
        self.configuration = configuration
        self.manager = manager
        self.startUSB = startUSB
        self.machine = machine
        self.random = random
        self.logger = logger
    }

    /// Opens the store and serves until SIGTERM or SIGINT, or until the disk under the store fails.
    ///
    /// - Throws: `LicenceError` where it can't start, or where it had to stop.
    package func run() async throws {
        let storeFailure = StoreFailure()
        let local = try await openLocalStore(storeFailure)
        let events = EventLog()
        let leases = LeaseTable()
        let vendors = VendorFolder(path: configuration.vendors, logger: logger)
        vendors.warnIfNoneIsTrusted()
        let administrators = Administrators(group: configuration.group)
        let memory = try DongleMemory(folder: configuration.state)
        let mounts = MountTable(
            local: local, memory: memory, events: events, leases: leases, storeFailure: storeFailure, clock: clock,
            logger: logger)
        var receptions: [DongleReception] = []
        if let bus = configuration.bus {
            let listener = try await CableListener.open(
                CableListener.Settings(path: bus, mode: 0o666), on: MultiThreadedEventLoopGroup.singleton
            ) { user, groups in administrators.include(user: user, groups: groups) }
            receptions.append(DongleReception(source: listener, mounts: mounts, logger: logger))
        }
        let usb = await USBPort.open(configuration.usb, by: startUSB, logger: logger)
        if let source = usb.source {
            receptions.append(DongleReception(source: source, mounts: mounts, logger: logger))
        }
        let control = ControlService(
            keys: KeyList(mounts: mounts, leases: leases, vendors: vendors, clock: clock),
            desk: TransferDesk(
                mounts: mounts, leases: leases, events: events, vendors: vendors,
                certificates: CertificateFolder(state: configuration.state, storeFailure: storeFailure), clock: clock,
                logger: logger),
            leases: LeaseDesk(
                mounts: mounts, leases: leases, events: events, vendors: vendors, clock: clock, random: random),
            mounts: mounts, events: events, administrators: administrators,
            diagnosis: Diagnosis(
                mounts: mounts, vendors: vendors, administrators: administrators, usb: usb,
                isWatched: manager.watchdog != nil, clock: clock),
            clock: clock)

        let notices = ServiceNotices(address: manager.notices, logger: logger)
        let status = { @Sendable in await Self.status(of: mounts) }
        let server = ControlServer(
            service: try control.varlinkService(),
            // Whoever can connect may list and use; what moves keys is decided for each call by who the peer is.
            listener: manager.listener.map(VarlinkListener.inherited) ?? .path(configuration.socket, mode: 0o666),
            events: events, logger: logger, settled: receptions.map(\.settled),
            onReady: { notices.tell(.ready(status: await status())) })
        let life = ServiceLife(
            notices: notices, watchdog: manager.watchdog, events: events, status: status,
            pulse: { await Self.pulse(of: mounts, local) })
        // They are told to stop in the opposite order, each once those behind it have stopped.
        let services = ServiceGroup(
            services: [storeFailure] + receptions + [server, life], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        do {
            try await services.run()
        } catch {
            await local.close()
            throw error
        }
        // Others may hold the place a moment longer than they use it.
        await local.close()
        logger.info("stopped")
    }

    /// How the daemon is, in one sentence.
    private static func status(of mounts: MountTable) async -> String {
        let (dongles, refused) = (await mounts.places.count - 1, await mounts.refusals.count)
        let mounted =
            switch dongles {
            case 0: "no dongle is mounted"
            case 1: "1 dongle is mounted"
            default: "\(dongles) dongles are mounted"
            }
        return refused == 0 ? mounted : "\(mounted), \(refused) refused (almctl doctor says why)"
    }

    /// Returns once everything that a call needs has answered: the loops that carry messages, the mount table, and the
    /// thread of the local store with its database. Dongles are left out: one that is silent is no fault of the daemon's.
    private static func pulse(of mounts: MountTable, _ local: Place) async {
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            try? await loop.submit {}.get()
        }
        _ = await mounts.places
        _ = try? await local.status()
    }

    /// Moves every key of the store to a new store in another folder, and says what came of it.
    ///
    /// - Parameters:
    ///   - folder: where the new store is made, or where an earlier attempt made it.
    ///   - machineIdentifier: the machine id that the new store is for; nil: this machine's.
    /// - Throws: `usage` where that is no machine id, before anything is made.
    package func relocate(to folder: String, machineIdentifier: String?) async throws {
        let (state, here, random) = (configuration.state, machine, random)
        let machine = try machineIdentifier.map(Self.machine(named:)) ?? here
        let (old, status) = try await Place.open {
            try SQLiteVault.open(localStoreIn: state, creation: .never, machine: here, random: random)
        }
        // Before anything is made: a store that is LOCKED gives no key away.
        if let reason = status.lockedReason {
            throw LicenceError(.vaultLocked, [.location: state, .reason: reason])
        }
        let (new, _) = try await Place.open {
            try SQLiteVault.open(localStoreIn: folder, machine: machine, random: random)
        }
        let outcome = try await Relocation(
            from: old, to: new, on: Occasion(now: clock(), user: geteuid()), logger: logger
        ).run()
        logger.notice("moved to \(folder): \(outcome.moved.count) of the keys in \(state)")
        if !outcome.remaining.isEmpty {
            let names = outcome.remaining.map(\.description).joined(separator: ", ")
            logger.notice("keep \(state): it is still needed for the transfers \(names)")
        }
    }

    private static func machine(named text: String) throws(LicenceError) -> MachineIdentity {
        guard let machine = MachineIdentity(text) else {
            throw LicenceError(
                .usage,
                [
                    .reason: "\(text) is no machine id: a store that is bound to it would never open",
                    .command: "give --new-machine-id the 32 hexadecimal digits of the new machine's /etc/machine-id",
                ])
        }
        return machine
    }

    /// An administrator vouches that the store's old anchor, which somebody kept, is gone for good: withheld codes are
    /// shown again, and keys may leave.
    package func forgetKeptAnchor() throws {
        let vault = try SQLiteVault.open(
            localStoreIn: configuration.state, creation: .never, machine: machine, random: random)
        try vault.forgetKeptAnchor(on: Occasion(now: clock(), user: geteuid()))
        logger.notice(
            "the store counts on it that nobody keeps its old anchor", metadata: ["path": "\(configuration.state)"])
    }

    private func openLocalStore(_ storeFailure: StoreFailure) async throws -> Place {
        let (state, machine, random, logger) = (configuration.state, machine, random, logger)
        let (place, status) = try await Place.open(storeFailure: storeFailure) {
            let vault = try SQLiteVault.open(localStoreIn: state, machine: machine, random: random)
            if vault.isNew { logger.notice("there was no store in \(state): a new one was made, without any key") }
            return vault
        }
        if let reason = status.lockedReason {
            log(LicenceError(.vaultLocked, [.location: "local", .reason: reason]))
        }
        if let health = try await place.health(isThorough: false) {
            for gap in health.gaps { logger.warning("the local store is protected less: \(gap)") }
            if let kept = health.keptAnchor { log(kept) }
        }
        return place
    }

    private func log(_ error: LicenceError) {
        logger.error("\(error.message)", metadata: ["hint": "\(error.hint)"])
    }
}
