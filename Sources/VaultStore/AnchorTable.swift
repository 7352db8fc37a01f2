import GRDB
import Licensing

/// What a vault's database knows of anchors. There is one row for each role, so that no two anchors can have the same.
struct AnchorTable {
    /// What an anchor is to the store.
    enum Role: Int64, CaseIterable {
        /// The one that the store hangs on.
        case current = 1
        /// The one before it, on its way out: it opens the store too, until it is destroyed. Or one that was kept and is back:
        /// its wrapping stays wiped.
        case replaced = 2
        /// One whose directory somebody kept when it was to be destroyed. It opens nothing any more; only its name and
        /// factors are remembered, and what was released since is withheld.
        case keptDirectory = 3
        /// One of which somebody kept only the file, overwritten. It is remembered until the next opening.
        case keptFile = 4
    }

    let database: Database

    /// The record in a role, as it is stored.
    func record(_ role: Role) throws -> [UInt8]? {
        try Row.fetchOne(database, sql: "SELECT record FROM anchor WHERE role = ?", arguments: [role.rawValue])
            .map { try Columns(row: $0).bytes("record") }
    }

    /// Whether no anchor was ever named.
    var isEmpty: Bool {
        get throws { try Role.allCases.allSatisfy { try record($0) == nil } }
    }

    /// Puts `current`, and the one it replaces if there is one, in the place of both.
    func replace(current: AnchorRecord, replaced: AnchorRecord?) throws {
        try forget([.current, .replaced])
        try insert(current, .current)
        if let replaced { try insert(replaced, .replaced) }
    }

    /// The replaced anchor is destroyed; what was withheld for its sake may be shown.
    func finish() throws {
        try forget(Role.allCases.filter { $0 != .current })
        try database.execute(sql: "UPDATE outgoing_transfer SET withheld = 0 WHERE withheld = 1")
        try database.execute(sql: "UPDATE incoming_transfer SET withheld = 0 WHERE withheld = 1")
    }

    /// Somebody kept the replaced anchor: it loses the store's key, and is remembered.
    func keep(_ record: AnchorRecord, as role: Role) throws {
        var emptied = record
        emptied.wrapped = [UInt8](repeating: 0, count: AnchorRecord.wrappedSize)
        try forget(Role.allCases.filter { $0 != .current })
        try insert(emptied, role)
    }

    /// What somebody kept is back: it is on its way out again, and opens nothing.
    func takeUp(_ kept: AnchorRecord) throws {
        try forget([.keptDirectory])
        try insert(kept, .replaced)
    }

    private func insert(_ record: AnchorRecord, _ role: Role) throws {
        try database.execute(
            sql: "INSERT INTO anchor (role, record) VALUES (?, ?)", arguments: [role.rawValue, record.encoded.blob])
    }

    private func forget(_ roles: [Role]) throws {
        for role in roles {
            try database.execute(sql: "DELETE FROM anchor WHERE role = ?", arguments: [role.rawValue])
        }
    }
}
