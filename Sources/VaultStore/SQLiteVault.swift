import CLinux
import GRDB
package import Licensing
package import TransferCodes
package import Vaults

/// A vault in a directory on disk: the local store of a machine, a file-backed dongle, or a vendor's store.
///
/// The database is used by one connection and one process. Seeds and the like are sealed under the store's key, which
/// can be had only through the anchor beside it; every release and every decline re-creates the anchor around its
/// commit, and shows its code only when the old one is destroyed. The article "The vault store and its anchor" has the
/// procedure.
package final class SQLiteVault: MintingVault {
    let directory: StoreDirectory
    let database: StoreDatabase
    let description: VaultDescription
    let machine: MachineIdentity?
    let random: RandomBytes
    let cache = RecordCache()
    var hold: AnchorHold

    /// The anchors that nobody knows and that hold something which was never part of one; they were left alone.
    package internal(set) var strayAnchors: [String] = []

    /// Whether it was made when it was opened.
    package internal(set) var isNew = false

    /// How the vault holds on to its place.
    enum AnchorHold {
        /// In order.
        case held(PlaceAnchor, StoreKey)
        /// In order, but somebody keeps an anchor that was replaced: nothing may be given up, and some codes are
        /// withheld. The kept one is held where it is still known.
        case keptByOthers(PlaceAnchor, StoreKey, kept: PlaceAnchor?)
        /// A copy, a restored backup, another machine.
        case locked(reason: String)

        /// What opens the sealed columns.
        var key: StoreKey? {
            switch self {
            case .held(_, let key), .keptByOthers(_, let key, _): key
            case .locked: nil
            }
        }

        var lockedReason: String? {
            if case .locked(let reason) = self { reason } else { nil }
        }
    }

    init(
        directory: StoreDirectory, database: StoreDatabase, description: VaultDescription,
        machine: MachineIdentity?, hold: AnchorHold, random: @escaping RandomBytes
    ) {
        self.directory = directory
        self.database = database
        self.description = description
        self.machine = machine
        self.hold = hold
        self.random = random
    }

    package func status() throws(LicenceError) -> VaultStatus {
        try read { contents in
            let row = try Row.fetchOne(contents.database, sql: "SELECT state_counter FROM vault")
            guard let row else { throw Columns.Unreadable(column: "state_counter") }
            return VaultStatus(
                location: contents.location, capacity: contents.capacity,
                stateCounter: try Columns(row: row).number("state_counter"), lockedReason: contents.lockedReason)
        }
    }

    package func keys() throws(LicenceError) -> [HeldKey] { try read { try $0.keys() } }

    package func transfers() throws(LicenceError) -> [TransferSummary] {
        try read { try self.questions($0).transfers() }
    }

    package func perform(_ step: TransferStep, on occasion: Occasion) throws(LicenceError) -> TransferAnswer {
        try commit { contents throws(LicenceError) in
            try TransferRules(contents, on: occasion, random: self.random).plan(step)
        }
    }

    package func recognise(_ code: TransferCode) throws(LicenceError) -> TransferSummary? {
        try read { try self.questions($0).recognise(code) }
    }

    package func prove(_ licence: LicenceNumber, _ challenge: ProofChallenge) throws(LicenceError) -> ProofAnswer {
        try read { try self.questions($0).prove(licence, challenge) }
    }

    package func mint(_ certificate: Certificate, _ seed: Seed, on occasion: Occasion) throws(LicenceError) {
        _ = try commit { contents throws(LicenceError) in
            try TransferRules(contents, on: occasion, random: self.random).mint(certificate, seed)
        }
    }

    package func history() throws(LicenceError) -> [HistoryEntry] { try read { try $0.history() } }

    /// The rules for a question, to which time and random source do not matter.
    private func questions(_ contents: VaultContents) -> TransferRules<VaultContents> {
        TransferRules(contents, on: Occasion(now: Timestamp(seconds: 0), user: 0), random: random)
    }

    private func read<Value>(_ body: (VaultContents) throws -> Value) throws(LicenceError) -> Value {
        defer { clinux_overwrite_stack() }
        return try database.read { database in
            let contents = self.contents(database)
            do {
                return try body(contents)
            } catch let error as LicenceError {
                throw error
            } catch {
                return try contents.reading { throw error }
            }
        }
    }

    func contents(_ database: Database) -> VaultContents {
        VaultContents(
            database: database, path: directory.path, description: description, key: hold.key,
            lockedReason: hold.lockedReason, cache: cache)
    }
}
