import Licensing

/// Which of a store's anchors opens, and what is left to do about the other.
struct AnchorOpening {
    /// How the vault holds on to its place.
    let hold: SQLiteVault.AnchorHold
    /// What has to be done before anything is shown.
    let remainder: Remainder

    /// What an earlier process left to be done.
    enum Remainder {
        /// Nothing.
        case nothing
        /// Nothing may be touched.
        case locked
        /// The replaced anchor has to be destroyed.
        case destroy(AnchorRecord)
        /// One that somebody kept is back under its name, and has to be destroyed.
        case destroyKept(AnchorRecord)
        /// The newer anchor does not open: another one has to take its place.
        case rotate
        /// What somebody kept is gone: it can be forgotten.
        case settled
    }

    /// Tries the anchors, the newest first.
    ///
    /// - Throws: `storeTooNew` where a later release made them, `storeFailed` where the disk can't tell.
    init(in directory: StoreDirectory, _ database: StoreDatabase, machine: MachineIdentity?) throws(LicenceError) {
        let records = try database.read { database in
            try AnchorTable.Role.allCases.reduce(into: [AnchorTable.Role: AnchorRecord]()) { records, role in
                records[role] =
                    try AnchorTable(database: database).record(role).map {
                        try Self.decode($0, path: directory.path)
                    } ?? nil
            }
        }
        func open(_ role: AnchorTable.Role) throws(LicenceError) -> Result<PlaceAnchor, PlaceAnchor.Refusal> {
            guard let record = records[role] else { return .failure(.missing(reason: "its anchor record is damaged")) }
            do throws(PlaceAnchor.Refusal) {
                return .success(try PlaceAnchor(opening: record, in: directory.descriptor, machine: machine))
            } catch {
                if case .failed(let failure) = error { throw StoreDirectory.failure(failure, at: directory.path) }
                return .failure(error)
            }
        }
        switch try open(.current) {
        case .success(let anchor):
            (hold, remainder) = try Self.opened(anchor, records, in: directory, machine: machine)
        case .failure(let refusal):
            if records[.replaced] != nil, case .success(let anchor) = try open(.replaced) {
                (hold, remainder) = (.held(anchor, anchor.storeKey), .rotate)
            } else {
                (hold, remainder) = (.locked(reason: refusal.words), .locked)
            }
        }
    }

    /// The current anchor opened: looks at what was kept of an earlier one.
    private static func opened(
        _ anchor: PlaceAnchor, _ records: [AnchorTable.Role: AnchorRecord], in directory: StoreDirectory,
        machine: MachineIdentity?
    ) throws(LicenceError) -> (SQLiteVault.AnchorHold, Remainder) {
        let held = SQLiteVault.AnchorHold.held(anchor, anchor.storeKey)
        if let replaced = records[.replaced] { return (held, .destroy(replaced)) }
        if let kept = records[.keptDirectory] {
            // Put back under its name it can be destroyed. While it is away nobody can tell whether it is gone.
            do throws(SystemCallFailure) {
                return try PlaceAnchor.isThere(kept, in: directory.descriptor, machine: machine)
                    ? (held, .destroyKept(kept)) : (.keptByOthers(anchor, anchor.storeKey, kept: nil), .nothing)
            } catch {
                throw StoreDirectory.failure(error, at: directory.path)
            }
        }
        // A kept file without its directory opens nothing: the identity was the directory's.
        return (held, records[.keptFile] == nil ? .nothing : .settled)
    }

    private static func decode(_ bytes: [UInt8], path: String) throws(LicenceError) -> AnchorRecord? {
        do throws(AnchorRecord.Unreadable) {
            return try AnchorRecord(decoding: bytes)
        } catch {
            switch error {
            case .malformed: return nil
            case .tooNew: throw LicenceError(.storeTooNew, [.path: path, .version: "of its anchor"])
            }
        }
    }
}

extension PlaceAnchor.Refusal {
    /// Why the store is LOCKED, for a person.
    var words: String {
        switch self {
        case .differs([]): "it is a copy or was restored: the contents of its anchor are not those it was made with"
        case .differs([.machine]): "it belongs to another machine, or this machine's id has changed"
        case .differs(let factors):
            "it is a copy or was restored: its anchor differs in \(factors.map(\.name).joined(separator: ", "))"
        case .missing(let reason): "it is a copy or was restored: \(reason)"
        case .failed(let failure): failure.detail
        }
    }
}
