import GRDB
import Licensing

/// The tables of a database, as a list of migrations that only ever grows: the first makes the tables of version 1 in an
/// empty file, the next would lead from 1 to 2. `user_version` counts those that were done.
struct DatabaseSchema: Sendable {
    /// `application_id`, by which a file of another program is told.
    let application: Int32
    /// What it is called in messages.
    let name: String
    /// The statements of each migration.
    let migrations: [String]

    /// The version that this release reads and writes.
    var version: Int { migrations.count }

    /// What a database file is.
    enum State: Equatable {
        /// Nothing was ever written to it.
        case empty
        /// A database of ours, of this version or an older one.
        case ours(version: Int)
    }

    /// Looks what a database file is.
    ///
    /// - Throws: `storeTooNew` for a later version, `storeUnsafe` for another program's file.
    func state(of database: Database, path: String) throws -> State {
        let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if application == 0, version == 0, tables == 0 { return .empty }
        guard application == self.application, version > 0 else {
            throw LicenceError(.storeUnsafe, [.path: path, .reason: "it is not \(name)"])
        }
        guard version <= self.version else {
            throw LicenceError(.storeTooNew, [.path: path, .version: "\(version)"])
        }
        return .ours(version: version)
    }

    /// Does the migrations that are missing; part of the caller's transaction.
    func migrate(_ database: Database, from version: Int) throws {
        for migration in migrations.dropFirst(version) { try database.execute(sql: migration) }
        // Both are fields of the file's header, and so part of the transaction; neither takes a bound value.
        try database.execute(sql: "PRAGMA application_id = \(application)")
        try database.execute(sql: "PRAGMA user_version = \(self.version)")
    }
}
