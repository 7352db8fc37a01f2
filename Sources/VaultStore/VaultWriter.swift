import GRDB
import Licensing
import Vaults

/// Makes the changes of a plan, within its transaction. Each is one conditional statement that has to change exactly one
/// row; where it does not, the whole transaction is given up.
struct VaultWriter {
    /// How many lines of history a vault keeps; the oldest go first.
    static let historyLimit = 10_000

    let database: Database
    let key: StoreKey
    let path: String

    func apply(_ plan: [Change], history: [HistoryEntry]) throws {
        for change in plan { try apply(change) }
        for entry in history { try write(entry) }
        if !history.isEmpty {
            try database.cachedStatement(
                sql: "DELETE FROM history WHERE sequence <= (SELECT max(sequence) FROM history) - ?"
            ).execute(arguments: [Self.historyLimit])
        }
        try one("UPDATE vault SET state_counter = state_counter + 1 WHERE one = 1")
    }

    private func apply(_ change: Change) throws {
        switch change {
        case .insertKey(let key, let seed): try insert(key, seed)
        case .eraseKey(let licence): try one("DELETE FROM held_key WHERE licence = ?", [licence.stored.blob])
        case .insertOutgoing(let transfer): try insert(transfer)
        case .withdraw(let transfer, let now):
            try one(
                "UPDATE outgoing_transfer SET state = 2, changed = ? WHERE transfer = ? AND state = 1",
                [now.stored, transfer.description])
        case .release(let transfer, let release, let escrow, let now):
            try self.release(transfer, release, escrow: escrow, at: now)
        case .settle(let transfer, let now):
            try one(
                """
                UPDATE outgoing_transfer SET state = 4, changed = ?, activation = NULL, escrow = NULL, withheld = 0
                WHERE transfer = ? AND state = 3
                """, [now.stored, transfer.description])
        case .takeBack(let transfer, let digest, let now):
            try one(
                """
                UPDATE outgoing_transfer
                SET state = 5, changed = ?, activation = NULL, escrow = NULL, withheld = 0, return_digest = ?
                WHERE transfer = ? AND state = 3
                """, [now.stored, digest.blob, transfer.description])
        case .insertIncoming(let transfer, let secret): try insert(transfer, secret)
        case .activate(let transfer, let tag, let digest, let receipt, let now):
            try one(
                """
                UPDATE incoming_transfer
                SET state = 2, changed = ?, tag = ?, activation_digest = ?, receipt = ?, request_secret = NULL
                WHERE transfer = ? AND state = 1
                """, [now.stored, tag.blob, digest.blob, receipt.blob, transfer.description])
        case .decline(let transfer, let tag, let returnKey, let now):
            try one(
                """
                UPDATE incoming_transfer
                SET state = 3, changed = ?, tag = ?, return_key = ?, request_secret = NULL, withheld = 1
                WHERE transfer = ? AND state = 1
                """,
                [now.stored, tag.blob, try seal(returnKey, .returnKey, transfer.stored), transfer.description])
        case .forgetOutgoing(let transfer):
            try one(
                "DELETE FROM outgoing_transfer WHERE transfer = ? AND state IN (2, 4, 5)", [transfer.description])
        case .forgetIncoming(let transfer):
            try one("DELETE FROM incoming_transfer WHERE transfer = ? AND state = 2", [transfer.description])
        case .countWrongRequest:
            try one("UPDATE vault SET wrong_requests = (wrong_requests + 1) & 4294967295 WHERE one = 1")
        }
    }

    private func insert(_ key: HeldKey, _ seed: Seed) throws {
        let licence = key.number.stored
        try one(
            "INSERT INTO held_key (licence, certificate, since, seed) VALUES (?, ?, ?, ?)",
            [licence.blob, key.certificate.bytes.blob, key.since.stored, try seal(seed.secret, .seed, licence)])
    }

    private func insert(_ transfer: OutgoingTransfer) throws {
        try one(
            """
            INSERT INTO outgoing_transfer
              (transfer, licence, certificate, offer_secret, state, begun, changed, wrong_requests_before)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                transfer.identifier.description, transfer.certificate.number.stored.blob,
                transfer.certificate.bytes.blob, transfer.offerSecret.blob, Int64(transfer.state.rawValue),
                transfer.begun.stored, transfer.changed.stored, Int64(transfer.wrongRequestsBefore),
            ])
    }

    /// The code is withheld until the old anchor is destroyed: the second transaction of the rotation shows it.
    private func release(
        _ transfer: TransferIdentifier, _ release: OutgoingTransfer.Release, escrow: Secret, at now: Timestamp
    ) throws {
        try one(
            """
            UPDATE outgoing_transfer
            SET state = 3, changed = ?, point = ?, tag = ?, receipt_digest = ?, activation = ?, escrow = ?, withheld = 1
            WHERE transfer = ? AND state = 1
            """,
            [
                now.stored, release.point.bytes.blob, release.tag.blob, release.receiptDigest.blob,
                release.activation?.blob, try seal(escrow, .escrow, transfer.stored), transfer.description,
            ])
    }

    private func insert(_ transfer: IncomingTransfer, _ secret: Secret) throws {
        try one(
            """
            INSERT INTO incoming_transfer
              (transfer, licence, certificate, offer_secret, point, state, begun, changed, request_secret)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                transfer.identifier.description, transfer.certificate.number.stored.blob,
                transfer.certificate.bytes.blob, transfer.offerSecret.blob, transfer.point.bytes.blob,
                Int64(transfer.state.rawValue), transfer.begun.stored, transfer.changed.stored,
                try seal(secret, .requestSecret, transfer.identifier.stored),
            ])
    }

    private func write(_ entry: HistoryEntry) throws {
        try one(
            "INSERT INTO history (event, licence, transfer, time, user) VALUES (?, ?, ?, ?, ?)",
            [
                entry.event.rawValue, entry.licence.stored.blob, entry.transfer?.description,
                entry.occasion.now.stored, Int64(entry.occasion.user),
            ])
    }

    private func seal(_ secret: Secret, _ column: SealedColumn, _ name: [UInt8]) throws -> DatabaseValue {
        guard let sealed = key.seal(secret, for: column.place(of: name)) else { throw mismatch }
        return sealed.blob.databaseValue
    }

    /// Executes a statement that has to change exactly one row.
    private func one(_ sql: String, _ arguments: StatementArguments = StatementArguments()) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
        guard database.changesCount == 1 else { throw mismatch }
    }

    private var mismatch: LicenceError {
        LicenceError(.storeUnsafe, [.path: path, .reason: "a record is not in the state it was read in"])
    }
}
