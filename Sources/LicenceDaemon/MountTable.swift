import Control
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
    /// How many dongles may be plugged in at a time; one more is refused.
    static let mostDongles = 64

    private let local: Place
    private let memory: DongleMemory
    private let events: EventLog
    private let leases: LeaseTable
    private let clock: Clock
    private let logger: Logger
    private var greeting: Set<DonglePort> = []
    private var dongles: [SerialNumber: (port: DonglePort, place: Place)] = [:]
    private var refused: [DonglePort: (serial: SerialNumber, error: LicenceError, place: Place)] = [:]

    init(
        local: Place, memory: DongleMemory, events: EventLog, leases: LeaseTable, clock: @escaping Clock, logger: Logger
    ) {
        self.local = local
        self.memory = memory
        self.events = events
        self.leases = leases
        self.clock = clock
        self.logger = logger
    }

    /// Every place that is mounted: the local store first, then dongles by serial number.
    var places: [Place] {
        [local] + dongles.sorted { $0.key < $1.key }.map(\.value.place)
    }

    /// The dongles that are plugged in but not used, and why.
    var refusals: [(serial: SerialNumber, error: LicenceError)] {
        refused.values.map { ($0.serial, $0.error) }.sorted { $0.serial < $1.serial }
    }

    /// The place of that name.
    ///
    /// - Throws: `dongleMissing`, or why the dongle that is plugged in is not used.
    func place(at location: Location) throws(LicenceError) -> Place {
        switch location {
        case .local: return local
        case .usb(let serial):
            if let dongle = dongles[serial] { return dongle.place }
            throw refused.values.first { $0.serial == serial }?.error
                ?? LicenceError(.dongleMissing, [.serial: serial.description])
        }
    }

    /// A dongle was plugged in and is being asked who it is.
    func greets(_ port: DonglePort) { greeting.insert(port) }

    /// The dongle has said who it is. One that was pulled out meanwhile is not mounted.
    func arrived(_ port: DonglePort, serial: SerialNumber, place: Place, stateCounter: UInt64) {
        guard greeting.remove(port) != nil else { return }
        do throws(LicenceError) {
            guard dongles.count < Self.mostDongles else {
                throw LicenceError(.dongleDuplicate, [.serial: serial.description])
            }
            guard dongles[serial] == nil else { throw LicenceError(.dongleDuplicate, [.serial: serial.description]) }
            try memory.admit(serial, stateCounter: stateCounter)
        } catch {
            refused[port] = (serial, error, place)
            logger.warning("\(error.message)", metadata: ["hint": "\(error.hint)"])
            post("refused", at: .usb(serial), detail: error.message)
            return
        }
        dongles[serial] = (port, place)
        logger.info("mounted", metadata: ["location": "usb:\(serial)"])
        post("mounted", at: .usb(serial))
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
    }

    /// An administrator says that a dongle which came back older than it was is to be used all the same.
    ///
    /// - Throws: `dongleUnknown` where no such dongle was ever seen.
    func accept(_ serial: SerialNumber) throws(LicenceError) {
        try memory.accept(serial)
        guard let (port, waiting) = refused.first(where: { $0.value.serial == serial }),
            waiting.error.code == .dongleRestored, dongles[serial] == nil
        else { return }
        refused[port] = nil
        dongles[serial] = (port, waiting.place)
        logger.notice("accepted by an administrator", metadata: ["location": "usb:\(serial)"])
        post("mounted", at: .usb(serial))
    }

    /// Notes what a place was like after something changed in it, and tells whoever watches.
    func changed(_ place: Place) async {
        post("changed", at: place.location)
        guard case .usb(let serial) = place.location else { return }
        do {
            let (status, transfers) = (try await place.status(), try await place.transfers())
            try memory.note(serial, stateCounter: status.stateCounter, transfers: transfers)
        } catch {
            logger.warning("what dongle \(serial) is like could not be noted: \(error)")
        }
    }

    /// The transfers on dongles that are not plugged in, as they were when last seen.
    func absentTransfers() throws(LicenceError) -> [(location: Location, transfer: TransferSummary)] {
        try memory.transfers().filter { dongles[$0.serial] == nil }.map { (.usb($0.serial), $0.transfer) }
    }

    private func post(_ kind: String, at location: Location, licence: LicenceNumber? = nil, detail: String? = nil) {
        events.post(
            EventEntry(
                kind: kind, time: Int(clamping: clock().seconds), location: location.description,
                licence: licence?.description, detail: detail))
    }
}

/// Gives the time. Handed in, so that tests choose it.
typealias Clock = @Sendable () -> Timestamp
