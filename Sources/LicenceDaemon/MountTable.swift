import Control
import DongleProtocol
import Dongles
import Licensing
import Logging
import VaultStore
import Vaults

/// Which places are there: the local store always, dongles from plug to unplug.
///
/// It also remembers, beyond restarts, what each dongle was like when it was last seen, so that one restored from a copy
/// is noticed and a transfer on an absent one can be named.
actor MountTable {
    private let local: Place
    private let memory: DongleMemory
    private let events: EventLog
    private let leases: LeaseTable
    private let storeFailure: StoreFailure
    private let clock: Clock
    private let logger: Logger
    private var greeting: Set<DonglePort> = []
    private var dongles: [SerialNumber: (port: DonglePort, place: Place)] = [:]
    private var refused: [DonglePort: (dongle: GreetedDongle, error: LicenceError)] = [:]
    /// The moves that were begun here and not finished.
    var moves = MovesBegun()

    init(
        local: Place, memory: DongleMemory, events: EventLog, leases: LeaseTable, storeFailure: StoreFailure,
        clock: @escaping Clock, logger: Logger
    ) {
        self.local = local
        self.memory = memory
        self.events = events
        self.leases = leases
        self.storeFailure = storeFailure
        self.clock = clock
        self.logger = logger
    }

    /// Every place that is mounted: the local store first, then dongles by serial number.
    var places: [Place] {
        [local] + dongles.sorted { $0.key < $1.key }.map(\.value.place)
    }

    /// The dongles that are plugged in but not used, and why.
    var refusals: [(serial: SerialNumber, error: LicenceError)] {
        refused.sorted { ($0.value.dongle.serial, $0.key.number) < ($1.value.dongle.serial, $1.key.number) }
            .map { ($0.value.dongle.serial, $0.value.error) }
    }

    /// The place of that name.
    ///
    /// - Throws: `dongleMissing`, or why the dongle that is plugged in is not used.
    func place(at location: Location) throws(LicenceError) -> Place {
        switch location {
        case .local: return local
        case .usb(let serial):
            if let dongle = dongles[serial] { return dongle.place }
            throw refusals.first { $0.serial == serial }?.error
                ?? LicenceError(.dongleMissing, [.serial: serial.description])
        }
    }

    /// A dongle was plugged in and is being asked who it is.
    func greets(_ port: DonglePort) { greeting.insert(port) }

    /// The dongle has said who it is. One that was pulled out meanwhile is not mounted, and one whose serial number another
    /// bears that is mounted waits until that one is gone.
    func arrived(_ port: DonglePort, _ dongle: GreetedDongle) {
        guard greeting.remove(port) != nil else { return }
        mount(dongle, at: port)
    }

    private func mount(_ dongle: GreetedDongle, at port: DonglePort) {
        let serial = dongle.serial
        do throws(LicenceError) {
            guard dongles[serial] == nil else { throw LicenceError(.dongleDuplicate, [.serial: serial.description]) }
            guard dongles.count < DongleCaps.inUse else {
                throw LicenceError(
                    .tooManyDongles, [.serial: serial.description, .capacity: String(DongleCaps.inUse)])
            }
            try remembering { () throws(LicenceError) in
                try memory.admit(serial, stateCounter: dongle.stateCounter, transfers: dongle.transfers)
            }
        } catch {
            refused[port] = (dongle, error)
            logger.warning("\(error.message)", metadata: ["hint": "\(error.hint)"])
            post("refused", at: .usb(serial), detail: error.message)
            return
        }
        dongles[serial] = (port, dongle.place)
        logger.info("mounted", metadata: ["location": "usb:\(serial)"])
        post("mounted", at: .usb(serial))
    }

    /// Mounts the dongle of that serial number that was plugged in first of those refused as `code`, if that is in order
    /// now.
    private func mountRefused(_ serial: SerialNumber, as code: LicenceError.Code) {
        let waiting = refused.filter { $0.value.dongle.serial == serial && $0.value.error.code == code }
        guard dongles[serial] == nil else { return }
        mountFirst(of: waiting.keys)
    }

    /// Mounts the dongle that was plugged in first of those at some ports, if that is in order now.
    private func mountFirst(of ports: some Collection<DonglePort>) {
        guard let port = ports.min(by: { $0.number < $1.number }), let next = refused.removeValue(forKey: port) else {
            return
        }
        mount(next.dongle, at: port)
    }

    /// A dongle was pulled out. Whatever was used from it is used no longer.
    func departed(_ port: DonglePort) async {
        if greeting.remove(port) != nil || refused.removeValue(forKey: port) != nil { return }
        guard let (serial, dongle) = dongles.first(where: { $0.value.port == port }) else { return }
        dongles[serial] = nil
        logger.info("unmounted", metadata: ["location": "usb:\(serial)"])
        post("unmounted", at: dongle.place.location)
        for lease in await leases.placeLeft(dongle.place.location) {
            post("released", at: dongle.place.location, licence: lease.licence, detail: lease.holder)
        }
        mountRefused(serial, as: .dongleDuplicate)
        if dongles.count < DongleCaps.inUse {
            mountFirst(of: refused.filter { $0.value.error.code == .tooManyDongles }.keys)
        }
    }

    /// An administrator says that a dongle which came back older than it was is to be used all the same.
    ///
    /// - Throws: `dongleUnknown` where no such dongle was ever seen.
    func accept(_ serial: SerialNumber) throws(LicenceError) {
        try remembering { () throws(LicenceError) in try memory.accept(serial) }
        logger.notice("accepted by an administrator", metadata: ["location": "usb:\(serial)"])
        mountRefused(serial, as: .dongleRestored)
    }

    /// A move begins, before anything of it is done.
    func moveBegins(_ licence: LicenceNumber, from source: Location, to target: Location) {
        moves.begin(licence, from: source, to: target)
    }

    /// A move was finished, was refused for good, or the key is to go another way.
    func moveEnds(_ licence: LicenceNumber) { moves.end(licence) }

    /// Notes what a place was like after a step changed `transfer` in it, and tells whoever watches.
    ///
    /// Of a dongle that was pulled out before it could be asked, the transfer is noted by itself: it may be all that tells
    /// which dongle to plug in.
    func changed(_ place: Place, by transfer: TransferSummary) async {
        post("changed", at: place.location)
        guard case .usb(let serial) = place.location else { return }
        do {
            let (status, transfers) = (try await place.status(), try await place.transfers())
            try remembering { () throws(LicenceError) in
                try memory.note(serial, stateCounter: status.stateCounter, transfers: transfers)
            }
        } catch {
            logger.warning("what dongle \(serial) is like could not be noted: \(error)")
            try? remembering { () throws(LicenceError) in try memory.note(serial, transfer: transfer) }
        }
    }

    /// The transfers on dongles that are not mounted, as they were when last seen.
    func absentTransfers() throws(LicenceError) -> [(location: Location, transfer: TransferSummary)] {
        try rememberedTransfers().filter { location, _ in !places.contains { $0.location == location } }
    }

    /// The transfers of every dongle that was ever here, as they were when last seen.
    func rememberedTransfers() throws(LicenceError) -> [(location: Location, transfer: TransferSummary)] {
        try remembering { () throws(LicenceError) in try memory.transfers() }.map { (.usb($0.serial), $0.transfer) }
    }

    /// The memory lies on the disk of the local store, and ends the daemon like it.
    private func remembering<Answer>(_ body: () throws(LicenceError) -> Answer) throws(LicenceError) -> Answer {
        do {
            return try body()
        } catch {
            storeFailure.note(error)
            throw error
        }
    }

    private func post(_ kind: String, at location: Location, licence: LicenceNumber? = nil, detail: String? = nil) {
        events.post(
            EventEntry(
                kind: kind, time: Int(clamping: clock().seconds), location: location.description,
                licence: licence?.description, detail: detail))
    }
}

/// A dongle that has said who it is and how it is.
struct GreetedDongle: Sendable {
    let serial: SerialNumber
    let place: Place
    let stateCounter: UInt64
    let transfers: [TransferSummary]
}

/// Gives the time. Handed in, so that tests choose it.
typealias Clock = @Sendable () -> Timestamp
