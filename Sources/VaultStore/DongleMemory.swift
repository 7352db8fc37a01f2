import GRDB
package import Licensing
package import Vaults

/// What a daemon remembers of the dongles it has seen: how far each one's state counter was, so that one restored from a
/// copy is noticed, and its transfers, so that a person can be told which dongle to plug in.
///
/// It lies in the daemon's state directory, beside the local store, whose lock keeps other processes away; it is not
/// tied to the place, for it holds no secret.
package final class DongleMemory {
    /// How many dongles are remembered; of more, the one that was seen longest ago is forgotten.
    static let mostDongles = 1_000
    /// How many transfers of one dongle are remembered, unfinished ones first.
    static let mostTransfers = 1_000
    /// How many transfers of all dongles together are remembered; of more, those of the dongles that were seen longest ago
    /// are forgotten. Whoever plugs in dongles of their own making would else fill the memory for good: it is read whole.
    static let mostTransfersInAll = 4_096
    /// The file in the state directory.
    static let databaseName = "dongles.sqlite"

    private let database: StoreDatabase

    /// Opens the memory in the state directory `folder`, and makes it where there is none.
    ///
    /// - Throws: `storeUnsafe`, `storeTooNew`, `storeFailed`.
    package init(folder: String) throws(LicenceError) {
        let directory = try StoreDirectory(path: folder, creation: .ifMissing, isLocked: false)
        database = try StoreDatabase(Self.databaseName, in: directory, schema: .dongleMemory, isMade: true)
        let (database, state) = (database, database.state)
        if state != .ours(version: DatabaseSchema.dongleMemory.version) {
            try database.write { try database.migrate($0) }
        }
    }

    /// Looks whether a dongle that was plugged in is at least as far as it was, and remembers how far it is and its
    /// transfers, which may have gone on elsewhere; all in one commit, and without one where nothing of it is new.
    ///
    /// - Throws: `dongleRestored` where it is not as far. That it came back so is remembered too, for ``accept(_:)``.
    package func admit(
        _ serial: SerialNumber, stateCounter: UInt64, transfers: [TransferSummary]
    ) throws(LicenceError) {
        let counter = Int64(clamping: stateCounter)
        let isOlder = try database.write { database in
            let known = try Row.fetchOne(
                database,
                sql: """
                    SELECT highest_counter, refused_counter IS NOT NULL AS was_refused,
                      seen = (SELECT max(seen) FROM dongle) AS is_last
                    FROM dongle WHERE serial = ?
                    """, arguments: [serial.description]
            ).map(Columns.init)
            let highest: Int64? = try known?.number("highest_counter")
            if let highest, counter < highest {
                try database.execute(
                    sql: "UPDATE dongle SET refused_counter = ? WHERE serial = ?",
                    arguments: [counter, serial.description])
                return true
            }
            if let known, highest == counter, try known.flag("is_last"), try !known.flag("was_refused"),
                try Self.transfers(of: serial, in: database) == Set(Self.kept(transfers))
            {
                return false
            }
            try Self.remember(serial, counter, transfers, in: database)
            return false
        }
        if isOlder { throw LicenceError(.dongleRestored, [.serial: serial.description]) }
    }

    /// From now on a dongle that came back older is as good as it was when it was refused; one older still is refused.
    ///
    /// - Throws: `dongleUnknown` where no dongle of that serial number was ever seen.
    package func accept(_ serial: SerialNumber) throws(LicenceError) {
        let isKnown = try database.write { database in
            try database.execute(
                sql: """
                    UPDATE dongle SET highest_counter = coalesce(refused_counter, highest_counter),
                      refused_counter = NULL
                    WHERE serial = ?
                    """, arguments: [serial.description])
            return database.changesCount == 1
        }
        if !isKnown { throw LicenceError(.dongleUnknown, [.serial: serial.description]) }
    }

    /// Remembers how far a dongle is, and its transfers as they now stand.
    package func note(
        _ serial: SerialNumber, stateCounter: UInt64, transfers: [TransferSummary]
    ) throws(LicenceError) {
        try database.write { database in
            try Self.remember(serial, Int64(clamping: stateCounter), transfers, in: database)
        }
    }

    /// Remembers how one transfer of a dongle stands, where the dongle was pulled out before it could be asked for the rest.
    /// One that was forgotten meanwhile stays so.
    package func note(_ serial: SerialNumber, transfer: TransferSummary) throws(LicenceError) {
        try database.write { database in
            let isKnown = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM dongle WHERE serial = ?)",
                arguments: [serial.description])
            guard isKnown == true else { return }
            try database.execute(
                sql: "DELETE FROM dongle_transfer WHERE serial = ? AND transfer = ?",
                arguments: [serial.description, transfer.identifier.description])
            try Self.insert(transfer, of: serial, in: database)
            try Self.makeRoom(in: database)
        }
    }

    /// The transfers of every dongle that was seen, as they stood when last noted.
    package func transfers() throws(LicenceError) -> [(serial: SerialNumber, transfer: TransferSummary)] {
        try database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM dongle_transfer ORDER BY serial, begun, transfer").map {
                let columns = Columns(row: $0)
                guard let serial = SerialNumber(try columns.text("serial")) else {
                    throw Columns.Unreadable(column: "serial")
                }
                return (serial, try TransferSummary(columns))
            }
        }
    }

    /// Those transfers of one dongle that there is room for.
    private static func kept(_ transfers: [TransferSummary]) -> ArraySlice<TransferSummary> {
        (transfers.filter(\.isUnfinished) + transfers.filter { !$0.isUnfinished }).prefix(mostTransfers)
    }

    private static func transfers(of serial: SerialNumber, in database: Database) throws -> Set<TransferSummary> {
        let rows = try Row.fetchAll(
            database, sql: "SELECT * FROM dongle_transfer WHERE serial = ?", arguments: [serial.description])
        return Set(try rows.map { try TransferSummary(Columns(row: $0)) })
    }

    private static func remember(
        _ serial: SerialNumber, _ counter: Int64, _ transfers: [TransferSummary], in database: Database
    ) throws {
        try see(serial, counter, in: database)
        try database.execute(sql: "DELETE FROM dongle_transfer WHERE serial = ?", arguments: [serial.description])
        for transfer in kept(transfers) { try insert(transfer, of: serial, in: database) }
        try makeRoom(in: database)
    }

    private static func makeRoom(in database: Database) throws {
        try database.execute(
            sql: """
                DELETE FROM dongle_transfer WHERE rowid IN (
                  SELECT dongle_transfer.rowid FROM dongle_transfer JOIN dongle USING (serial)
                  ORDER BY dongle.seen DESC, dongle_transfer.rowid LIMIT -1 OFFSET ?)
                """, arguments: [mostTransfersInAll])
    }

    private static func see(_ serial: SerialNumber, _ counter: Int64, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO dongle (serial, highest_counter, seen)
                VALUES (?, ?, (SELECT coalesce(max(seen), 0) + 1 FROM dongle))
                ON CONFLICT (serial) DO UPDATE SET
                  highest_counter = max(highest_counter, excluded.highest_counter), refused_counter = NULL,
                  seen = excluded.seen
                """, arguments: [serial.description, counter])
        try database.execute(
            sql: "DELETE FROM dongle WHERE serial NOT IN (SELECT serial FROM dongle ORDER BY seen DESC LIMIT ?)",
            arguments: [mostDongles])
    }

    private static func insert(_ transfer: TransferSummary, of serial: SerialNumber, in database: Database) throws {
        let (side, state): (Int64, Int64) =
            switch transfer.standing {
            case .source(let state): (1, Int64(state.rawValue))
            case .target(let state): (2, Int64(state.rawValue))
            }
        // A dongle that names two transfers alike is told of once.
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO dongle_transfer
                  (serial, transfer, certificate, side, state, begun, changed, fingerprint, withheld)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                serial.description, transfer.identifier.description, transfer.certificate.bytes.blob, side, state,
                transfer.begun.stored, transfer.changed.stored, transfer.fingerprint?.description,
                transfer.isWithheld ? 1 : 0,
            ])
    }
}

extension TransferSummary {
    /// Reads a row of `dongle_transfer`.
    fileprivate init(_ columns: Columns) throws {
        guard let identifier = TransferIdentifier(try columns.text("transfer")) else {
            throw Columns.Unreadable(column: "transfer")
        }
        self.init(
            identifier: identifier, certificate: try columns.certificate(), standing: try columns.standing(),
            begun: try columns.time("begun"), changed: try columns.time("changed"),
            fingerprint: try columns.optionalText("fingerprint").map { text in
                guard let fingerprint = Fingerprint(text) else { throw Columns.Unreadable(column: "fingerprint") }
                return fingerprint
            }, isWithheld: try columns.flag("withheld"))
    }
}

extension Columns {
    fileprivate func standing() throws -> TransferSummary.Standing {
        let (side, state): (Int, UInt8) = (try number("side"), try number("state"))
        if side == 1, let state = OutgoingState(rawValue: state) { return .source(state) }
        if side == 2, let state = IncomingState(rawValue: state) { return .target(state) }
        throw Unreadable(column: "state")
    }
}

extension DatabaseSchema {
    /// The tables of a dongle memory.
    static let dongleMemory = DatabaseSchema(
        application: 0x414C_4D44, name: "a memory of dongles", migrations: [dongleMemory1])

    private static let dongleMemory1 = """
        CREATE TABLE dongle (
          serial TEXT NOT NULL PRIMARY KEY CHECK (length(serial) BETWEEN 1 AND 32),
          highest_counter INTEGER NOT NULL CHECK (highest_counter >= 0),
          refused_counter INTEGER CHECK (refused_counter BETWEEN 0 AND highest_counter),
          seen INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE dongle_transfer (
          serial TEXT NOT NULL REFERENCES dongle (serial) ON DELETE CASCADE,
          transfer TEXT NOT NULL CHECK (length(transfer) = 6),
          certificate BLOB NOT NULL CHECK (length(certificate) BETWEEN 1 AND 150),
          side INTEGER NOT NULL CHECK (side IN (1, 2)),
          state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
          begun INTEGER NOT NULL,
          changed INTEGER NOT NULL,
          fingerprint TEXT CHECK (length(fingerprint) = 14),
          withheld INTEGER NOT NULL CHECK (withheld IN (0, 1)),
          PRIMARY KEY (serial, transfer)
        ) STRICT;
        """
}
