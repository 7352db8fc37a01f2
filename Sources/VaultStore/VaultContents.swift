import GRDB
import Licensing
import Vaults

/// What the rules read of a vault's database, within one use of its connection.
struct VaultContents: VaultReading {
    let database: Database
    let path: String
    let description: VaultDescription
    /// What opens the sealed columns; nil where the vault is LOCKED.
    let key: StoreKey?
    let lockedReason: String?
    /// What was read before and has not changed since.
    let cache: RecordCache

    var location: Location { description.location }
    var capacity: VaultCapacity { description.capacity }

    func wrongRequests() throws(LicenceError) -> UInt32 {
        try reading {
            guard let row = try Row.fetchOne(database, sql: "SELECT wrong_requests FROM vault") else { return 0 }
            return try Columns(row: row).number("wrong_requests")
        }
    }

    func keys() throws(LicenceError) -> [HeldKey] {
        if let keys = cache.keys { return keys }
        let keys = try rows("SELECT certificate, since FROM held_key ORDER BY licence") { columns in
            HeldKey(certificate: try columns.certificate(), since: try columns.time("since"))
        }
        cache.keys = keys
        return keys
    }

    func outgoing() throws(LicenceError) -> [OutgoingTransfer] {
        if let outgoing = cache.outgoing { return outgoing }
        let outgoing = try rows("SELECT * FROM outgoing_transfer ORDER BY sequence", OutgoingTransfer.init)
        cache.outgoing = outgoing
        return outgoing
    }

    func incoming() throws(LicenceError) -> [IncomingTransfer] {
        if let incoming = cache.incoming { return incoming }
        let incoming = try rows("SELECT * FROM incoming_transfer ORDER BY sequence", IncomingTransfer.init)
        cache.incoming = incoming
        return incoming
    }

    func seed(of licence: LicenceNumber) throws(LicenceError) -> Seed {
        guard let seed = Seed(try secret(.seed, licence.stored).bytes) else { throw unreadable("seed") }
        return seed
    }

    func escrow(of transfer: TransferIdentifier) throws(LicenceError) -> Secret {
        try secret(.escrow, transfer.stored)
    }

    func requestSecret(of transfer: TransferIdentifier) throws(LicenceError) -> Secret {
        try secret(.requestSecret, transfer.stored)
    }

    func returnKey(of transfer: TransferIdentifier) throws(LicenceError) -> Secret {
        try secret(.returnKey, transfer.stored)
    }

    func history() throws(LicenceError) -> [HistoryEntry] {
        try rows("SELECT * FROM history ORDER BY sequence", HistoryEntry.init)
    }

    private func secret(_ column: SealedColumn, _ name: [UInt8]) throws(LicenceError) -> Secret {
        guard let key else {
            throw LicenceError(.vaultLocked, [.location: location.description, .reason: lockedReason])
        }
        let found = try reading { try column.secret(of: name, in: database, under: key) }
        guard let found else { throw unreadable("\(column)") }
        return found
    }

    private func rows<Record>(
        _ sql: String, _ decode: (Columns) throws -> Record
    ) throws(LicenceError) -> [Record] {
        try reading {
            try Row.fetchAll(database.cachedStatement(sql: sql)).map { try decode(Columns(row: $0)) }
        }
    }

    /// - Throws: `storeUnsafe` where something is not as this release wrote it, and what a failure of SQLite's means.
    func reading<Value>(_ body: () throws -> Value) throws(LicenceError) -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw LicenceError(error, path: path)
        } catch let error as Columns.Unreadable {
            throw unreadable(error.column)
        } catch {
            throw unreadable("certificate")
        }
    }

    private func unreadable(_ what: String) -> LicenceError {
        Columns.Unreadable(column: what).meaning(at: path)
    }
}

/// What a vault is, decided when it was made.
struct VaultDescription: Sendable {
    let location: Location
    let capacity: VaultCapacity
}

/// The records as they were read last. One process has the store open, by one connection, so they stay true until the
/// vault changes something itself, which empties the cache.
final class RecordCache {
    var keys: [HeldKey]?
    var outgoing: [OutgoingTransfer]?
    var incoming: [IncomingTransfer]?

    func empty() {
        keys = nil
        outgoing = nil
        incoming = nil
    }
}

extension TransferIdentifier {
    /// The name as sealed columns and statements know it.
    var stored: [UInt8] { Array(description.utf8) }
}
