import GRDB
import Licensing

/// One database file in a store's directory: opened with the right settings, used by one connection, and closed for good
/// once the disk has failed under it.
final class StoreDatabase {
    /// The file's path, for messages.
    let path: String
    /// What the file was when it was opened.
    let state: DatabaseSchema.State
    private let directory: StoreDirectory
    private let schema: DatabaseSchema
    private let queue: DatabaseQueue
    private var failure: LicenceError?

    /// The names that SQLite may use beside the file's own.
    private static let companions = ["-journal", "-wal", "-shm"]

    /// Opens the file `name`, and makes it where it is missing and may be made. SQLite rolls back what was cut off.
    /// What there is then is durable, whoever wrote it.
    ///
    /// - Throws: `storeMissing`, `storeUnsafe`, `storeTooNew`, `storeInUse`, `storeFailed`.
    init(
        _ name: String, in directory: StoreDirectory, schema: DatabaseSchema, isMade: Bool
    ) throws(LicenceError) {
        let path = "\(directory.path)/\(name)"
        let isThere = try directory.size(of: name) != nil
        for companion in Self.companions { _ = try directory.size(of: name + companion) }
        guard isMade || isThere else { throw LicenceError(.storeMissing, [.path: directory.path]) }
        // SQLite would make it for everybody to read, less the umask, and gives its journal the same permissions.
        if !isThere { try directory.makeFile(name) }
        self.path = path
        self.directory = directory
        self.schema = schema
        do {
            var configuration = Configuration()
            configuration.label = name
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            self.queue = queue
            state = try queue.inDatabase { database in
                try DatabaseSettings.apply(to: database, path: path)
                let state = try schema.state(of: database, path: path)
                if state != .empty { try Self.check(database, path) }
                return state
            }
            // A commit is the removal of the journal's name, and is waited for after it. Whoever made the last one may have
            // been killed between the two: nothing is told of it, nor done on it, before it is certain.
            try directory.descriptor.sync()
        } catch {
            throw Self.meaning(of: error, path)
        }
    }

    /// Looks for damage that a copy in the middle of a commit, or a failing disk, leaves behind.
    private static func check(_ database: Database, _ path: String) throws {
        if let found = try damage(database) {
            throw LicenceError(.storeUnsafe, [.path: path, .reason: "its database is damaged (\(found))"])
        }
    }

    /// The first thing that SQLite finds wrong; nil where the database is whole.
    static func damage(_ database: Database) throws -> String? {
        let found = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "nothing"
        return found == "ok" ? nil : found
    }

    /// Refuses every change from now on.
    func makeReadOnly() throws(LicenceError) {
        try read { database in try database.execute(sql: "PRAGMA query_only = ON") }
    }

    /// Reads.
    func read<Value>(_ body: (Database) throws -> Value) throws(LicenceError) -> Value {
        try use { try queue.inDatabase(body) }
    }

    /// Reads and changes in one transaction, which is durable when this returns, and did not happen when it throws;
    /// only after `storeFailed` that is certain no earlier than the next opening.
    func write<Value>(_ body: (Database) throws -> Value) throws(LicenceError) -> Value {
        try use {
            var (value, isChanged): (Value?, Bool) = (nil, false)
            try queue.inTransaction(.immediate) { database in
                let (rows, tables) = (database.totalChangesCount, try Self.version(of: database))
                value = try body(database)
                isChanged = try database.totalChangesCount != rows || Self.version(of: database) != tables
                // SQLite syncs the directory for its journal's name too, but takes no notice when that fails; without
                // the name a power cut in the middle of the commit could not be rolled back.
                if isChanged { try directory.descriptor.sync() }
                return .commit
            }
            // Nor does it take any notice where it can't open the directory to wait for the journal's end.
            if isChanged { try directory.descriptor.sync() }
            guard let value else {
                throw LicenceError(.storeFailed, [.location: path, .detail: "a transaction's end"])
            }
            return value
        }
    }

    /// What changes with the tables.
    private static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA schema_version") ?? 0
    }

    /// Makes the tables where the file is empty or older; part of the caller's transaction.
    func migrate(_ database: Database) throws {
        switch state {
        case .empty: try schema.migrate(database, from: 0)
        case .ours(let version) where version < schema.version: try schema.migrate(database, from: version)
        case .ours: break
        }
    }

    /// After a failed write or sync nothing is tried again: the kernel may have dropped what it could not write, and
    /// only reading anew tells what is there.
    func use<Value>(_ body: () throws -> Value) throws(LicenceError) -> Value {
        if let failure { throw failure }
        do {
            return try body()
        } catch {
            let refusal = Self.meaning(of: error, path)
            if refusal.code == .storeFailed { failure = refusal }
            throw refusal
        }
    }

    private static func meaning(of error: any Error, _ path: String) -> LicenceError {
        switch error {
        case let refusal as LicenceError: refusal
        case let failure as SystemCallFailure: StoreDirectory.failure(failure, at: path)
        case let failure as DatabaseError: LicenceError(failure, path: path)
        case let unreadable as Columns.Unreadable: unreadable.meaning(at: path)
        case is AnchorRecord.Unreadable: Columns.Unreadable(column: "anchor").meaning(at: path)
        default: LicenceError(.storeFailed, [.path: path, .location: path, .detail: "\(type(of: error))"])
        }
    }
}
