import GRDB
import Licensing

/// The columns whose values are sealed under the store's key: what must not be read from a copy.
enum SealedColumn: CaseIterable {
    /// The seed of a held key.
    case seed
    /// The seed of a released key, hidden by its return key.
    case escrow
    /// The secret *e* of an open request.
    case requestSecret
    /// The return key of a declined request.
    case returnKey

    private var table: String {
        switch self {
        case .seed: "held_key"
        case .escrow: "outgoing_transfer"
        case .requestSecret, .returnKey: "incoming_transfer"
        }
    }

    private var column: String {
        switch self {
        case .seed: "seed"
        case .escrow: "escrow"
        case .requestSecret: "request_secret"
        case .returnKey: "return_key"
        }
    }

    /// What every row's value is sealed for: table, column, and the row's own name.
    func place(of row: [UInt8]) -> StoreKey.Place { StoreKey.Place(table: table, column: column, row: row) }

    private var selection: String {
        switch self {
        case .seed: "SELECT licence AS name, seed AS sealed FROM held_key"
        case .escrow:
            "SELECT CAST(transfer AS BLOB) AS name, escrow AS sealed FROM outgoing_transfer WHERE escrow IS NOT NULL"
        case .requestSecret:
            """
            SELECT CAST(transfer AS BLOB) AS name, request_secret AS sealed FROM incoming_transfer
            WHERE request_secret IS NOT NULL
            """
        case .returnKey:
            """
            SELECT CAST(transfer AS BLOB) AS name, return_key AS sealed FROM incoming_transfer
            WHERE return_key IS NOT NULL
            """
        }
    }

    private var one: String {
        switch self {
        case .seed: "SELECT seed FROM held_key WHERE licence = ?"
        case .escrow: "SELECT escrow FROM outgoing_transfer WHERE transfer = CAST(? AS TEXT)"
        case .requestSecret: "SELECT request_secret FROM incoming_transfer WHERE transfer = CAST(? AS TEXT)"
        case .returnKey: "SELECT return_key FROM incoming_transfer WHERE transfer = CAST(? AS TEXT)"
        }
    }

    private var update: String {
        switch self {
        case .seed: "UPDATE held_key SET seed = ? WHERE licence = ?"
        case .escrow: "UPDATE outgoing_transfer SET escrow = ? WHERE transfer = CAST(? AS TEXT)"
        case .requestSecret: "UPDATE incoming_transfer SET request_secret = ? WHERE transfer = CAST(? AS TEXT)"
        case .returnKey: "UPDATE incoming_transfer SET return_key = ? WHERE transfer = CAST(? AS TEXT)"
        }
    }

    /// The secret in the row `name`; nil where there is none.
    ///
    /// - Throws: ``Columns/Unreadable`` where what is there does not open under `key`.
    func secret(of name: [UInt8], in database: Database, under key: StoreKey) throws -> Secret? {
        guard let row = try Row.fetchOne(database.cachedStatement(sql: one), arguments: [name.blob]),
            let sealed = try Columns(row: row).optionalBytes(column)
        else { return nil }
        guard let secret = key.open(sealed, from: place(of: name)) else { throw Columns.Unreadable(column: column) }
        return secret
    }

    /// Seals every value of the column anew.
    func reseal(in database: Database, from old: StoreKey, to new: StoreKey) throws {
        let sealed = try Row.fetchAll(database.cachedStatement(sql: selection)).map { row in
            let columns = Columns(row: row)
            let name = try columns.bytes("name")
            guard let secret = old.open(try columns.bytes("sealed"), from: place(of: name)),
                let resealed = new.seal(secret, for: place(of: name))
            else { throw Columns.Unreadable(column: column) }
            return (name, resealed)
        }
        let statement = try database.cachedStatement(sql: update)
        for (name, resealed) in sealed { try statement.execute(arguments: [resealed.blob, name.blob]) }
    }
}
