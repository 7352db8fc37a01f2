import Control
import Dongles
import Licensing
import Logging
import TestKit
import Testing
import TransferCodes
import VaultStore
import Vaults

@testable import LicenceDaemon

/// The parts of a daemon, over vaults in memory: a local store, and dongles that a test plugs in.
struct Machine: Sendable {
    let scratch: Scratch
    let clock = SharedClock()
    let vendor: TestVendor
    let local: SharedVault
    let events = EventLog()
    let leases = LeaseTable()
    let storeFailure = StoreFailure()
    let mounts: MountTable
    let vendors: VendorFolder
    let desk: TransferDesk
    let leaseDesk: LeaseDesk
    let list: KeyList

    /// - Parameters:
    ///   - scratch: where it keeps its files; nil: in a place of its own.
    ///   - seed: what its random numbers follow from; another one for each of several machines.
    init(in scratch: Scratch? = nil, seed: UInt64 = 100) throws {
        let scratch = try scratch ?? Scratch()
        vendor = try TestVendor()
        local = SharedVault(.local, capacity: .localStore, seed: seed)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        self.scratch = scratch
        let folder = try scratch.makeFolder("vendors")
        try scratch.write(vendor.vendor.fileText, to: "vendors/vendor.pub")
        vendors = VendorFolder(path: folder, logger: logger)
        mounts = MountTable(
            local: Place(location: .local, vault: local, storeFailure: storeFailure),
            memory: try DongleMemory(folder: scratch.makeFolder("state")), events: events, leases: leases,
            storeFailure: storeFailure, clock: clock.now, logger: logger)
        desk = TransferDesk(
            mounts: mounts, leases: leases, events: events, vendors: vendors,
            certificates: CertificateFolder(state: try scratch.makeFolder("state")), clock: clock.now, logger: logger)
        leaseDesk = LeaseDesk(
            mounts: mounts, leases: leases, events: events, vendors: vendors, clock: clock.now,
            random: SystemSources.random)
        list = KeyList(mounts: mounts, leases: leases, vendors: vendors, clock: clock.now)
    }

    /// A dongle's vault, not yet plugged in.
    static func dongle(_ serial: String, capacity: VaultCapacity = .dongle) throws -> SharedVault {
        let number = try #require(SerialNumber(serial))
        return SharedVault(.usb(number), capacity: capacity, seed: serial.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
    }

    /// Plugs a dongle in and waits until it was greeted.
    @discardableResult
    func plug(_ dongle: SharedVault, fault: CableFault? = nil) async throws -> DonglePort {
        let port = DonglePort(source: "hand")
        await mounts.greets(port)
        await mounts.arrived(port, try await Self.greeted(dongle, fault: fault))
        return port
    }

    /// The dongle as it is once it was greeted.
    static func greeted(_ dongle: SharedVault, fault: CableFault? = nil) async throws -> GreetedDongle {
        let cable = try Cable(to: dongle, fault: fault)
        let (place, status) = try await Place.open { try DongleVault(cable) }
        guard case .usb(let serial) = status.location else { throw LicenceError(.noSuchLocation) }
        return GreetedDongle(
            serial: serial, place: place, stateCounter: status.stateCounter, transfers: try await place.transfers())
    }

    /// What looks for faults in it.
    func diagnosis(
        group: String = "alm", daemonUser: UInt32 = 4242, usb: USBPort = .off, isWatched: Bool = false
    ) -> Diagnosis {
        Diagnosis(
            mounts: mounts, vendors: vendors, administrators: Administrators(group: group, daemonUser: daemonUser),
            usb: usb, isWatched: isWatched, clock: clock.now)
    }

    /// The control interface over it.
    func control(_ administrators: Administrators = Administrators(group: "alm")) -> ControlService {
        ControlService(
            keys: list, desk: desk, leases: leaseDesk, mounts: mounts, events: events, administrators: administrators,
            diagnosis: diagnosis(), clock: clock.now)
    }

    /// A key, minted into a vault.
    @discardableResult
    func mint(_ name: String, _ terms: TestTerms = TestTerms(), into vault: SharedVault) throws -> TestKey {
        let key = try vendor.key(name, terms)
        try vault.mint(key)
        return key
    }

    /// Everything that was posted since `stream` was asked for, as "kind location". No event is posted after it.
    func posted(_ stream: AsyncStream<EventEntry>) async -> [String] {
        events.finish()
        var kinds: [String] = []
        for await event in stream { kinds.append("\(event.kind) \(event.location ?? "")") }
        return kinds
    }
}

/// Does something that has to be refused as `code`, with every place of its two sentences filled.
@discardableResult
func refuses(
    _ code: LicenceError.Code, _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> some Any
) async -> LicenceError? {
    do {
        let answer = try await body()
        Issue.record("not refused, but answered: \(answer)", sourceLocation: location)
        return nil
    } catch let error as LicenceError {
        #expect(error.code == code, "\(error)", sourceLocation: location)
        #expect(!"\(error.message) \(error.hint)".contains("(unknown "), "\(error)", sourceLocation: location)
        return error
    } catch {
        Issue.record("\(error)", sourceLocation: location)
        return nil
    }
}

/// How many usable keys of a licence there are, and how many on their way: always one of the two.
func keysInTheWorld(_ licence: LicenceNumber, _ vaults: SharedVault...) throws -> Int {
    let transfers = try vaults.flatMap { try $0.transfers() }
    let travelling = transfers.filter { released in
        released.certificate.number == licence && released.standing == .source(.released)
            && transfers.contains { request in
                request.identifier == released.identifier && request.fingerprint == released.fingerprint
                    && (request.standing == .target(.open) || request.standing == .target(.declined))
            }
    }
    return try vaults.count { try $0.keys().contains { $0.number == licence } } + travelling.count
}

extension StepEntry {
    /// The code as a person gets it.
    var text: String { get throws { try #require(file) } }

    /// The code that a reader makes of that.
    var read: TransferCode { get throws { try CodeReader.read(text).code } }
}
