import GRDB
import Licensing

/// The primary result codes of SQLite that mean a failure (sqlite.org/rescode.html), each with what it means here.
enum SQLiteResult: Int32, CaseIterable {
    case error = 1
    case `internal`, permission, abort, busy, locked, noMemory, readOnly, interrupt, ioError, corrupt, notFound, full
    case cannotOpen, `protocol`, empty, schema, tooBig, constraint, mismatch, misuse, noLargeFiles, authorisation,
        format
    case range, notADatabase, notice, warning

    /// What a failure comes to for whoever uses the store.
    enum Meaning: Equatable {
        /// Another program has the database open; nothing happened, and the vault goes on.
        case inUse
        /// The file is no database, or a damaged one.
        case unsafe
        /// What is on the disk is not certain any more: the store is closed until it is read anew.
        case failed
    }

    /// What it means; every code is listed, so that a new one has to be thought about.
    var meaning: Meaning {
        switch self {
        case .busy, .locked: .inUse
        case .notADatabase, .corrupt: .unsafe
        case .ioError, .full, .readOnly, .cannotOpen, .permission, .protocol, .noLargeFiles: .failed
        case .constraint, .mismatch, .range, .tooBig, .schema: .failed
        case .error, .internal, .abort, .noMemory, .interrupt, .notFound, .empty, .misuse, .authorisation, .format,
            .notice, .warning:
            .failed
        }
    }
}

extension LicenceError {
    /// What an error of SQLite means for the store at `path`; the extended code is kept in the detail. Neither statement
    /// nor values are told.
    init(_ error: DatabaseError, path: String) {
        let code = error.extendedResultCode.rawValue
        let detail = "SQLite \(code): \(error.message ?? "no message")"
        self =
            switch SQLiteResult(rawValue: code & 0xFF)?.meaning ?? .failed {
            case .inUse: LicenceError(.storeInUse, [.path: path])
            case .unsafe: LicenceError(.storeUnsafe, [.path: path, .reason: "its database is damaged (\(detail))"])
            case .failed: LicenceError(.storeFailed, [.path: path, .location: path, .detail: detail])
            }
    }
}
