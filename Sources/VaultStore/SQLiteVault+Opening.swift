import GRDB
package import Licensing
package import Vaults

extension SQLiteVault {
    /// The database's file in the store's directory.
    static let databaseName = "vault.sqlite"

    /// Opens the local store in `path`, and makes it where there is none, unless `creation` says otherwise.
    ///
    /// - Parameter machine: what the store is tied to beside its place; the identity of this machine.
    /// - Throws: what ``StoreDirectory`` throws; `storeUnsafe` where it is a dongle's vault or its database is damaged;
    ///   `storeTooNew`. A copy does not throw: it opens LOCKED, see `VaultStatus`.
    package static func open(
        localStoreIn path: String, creation: StoreDirectory.Creation = .ifMissing,
        machine: MachineIdentity?, random: @escaping RandomBytes
    ) throws(LicenceError) -> SQLiteVault {
        let description = VaultDescription(location: .local, capacity: .localStore)
        let vault = try open(
            path, creation: creation, making: description, machine: machine, random: random)
        guard vault.description.location == .local else {
            throw LicenceError(
                .storeUnsafe, [.path: path, .reason: "it is the vault of dongle \(vault.description.location)"])
        }
        return vault
    }

    /// Opens the vault of a file-backed dongle.
    ///
    /// - Throws: as ``open(localStoreIn:creation:machine:random:)``; `storeMissing` where there is none.
    package static func open(
        dongleIn path: String, machine: MachineIdentity?, random: @escaping RandomBytes
    ) throws(LicenceError) -> SQLiteVault {
        let vault = try open(path, creation: .never, making: nil, machine: machine, random: random)
        guard case .usb = vault.description.location else {
            throw LicenceError(.storeUnsafe, [.path: path, .reason: "it is a local store, not a dongle's vault"])
        }
        return vault
    }

    /// Makes the vault of a new file-backed dongle.
    ///
    /// - Throws: `storeExists` where there is anything at `path` but what an earlier attempt left; and as opening.
    package static func make(
        dongle serial: SerialNumber, in path: String, capacity: VaultCapacity = .dongle,
        machine: MachineIdentity?, random: @escaping RandomBytes
    ) throws(LicenceError) -> SQLiteVault {
        let description = VaultDescription(location: .usb(serial), capacity: capacity)
        return try open(path, creation: .always, making: description, machine: machine, random: random)
    }

    private static func open(
        _ path: String, creation: StoreDirectory.Creation, making description: VaultDescription?,
        machine: MachineIdentity?, random: @escaping RandomBytes
    ) throws(LicenceError) -> SQLiteVault {
        // A directory that an earlier attempt made and left without a vault is used, not refused.
        let directory = try StoreDirectory(path: path, creation: creation == .always ? .ifMissing : creation)
        if creation == .always, try !directory.holdsNothingButRemains(of: databaseName) {
            throw LicenceError(.storeExists, [.path: path])
        }
        // Before SQLite looks: it removes the journal of an empty file. And after: what it rolled back may have been all.
        if try directory.size(of: databaseName) ?? 0 == 0 { try refuseWhereAnAnchorIsLeft(in: directory) }
        let database = try StoreDatabase(databaseName, in: directory, schema: .vault, isMade: creation != .never)
        if database.state == .empty { try refuseWhereAnAnchorIsLeft(in: directory) }
        guard let found = try database.description(of: path) else {
            guard creation != .never, let description else { throw LicenceError(.storeMissing, [.path: path]) }
            return try make(in: directory, database, description, machine: machine, random: random)
        }
        guard creation != .always else { throw LicenceError(.storeExists, [.path: path]) }
        let opening = try AnchorOpening(in: directory, database, machine: machine)
        let vault = SQLiteVault(
            directory: directory, database: database, description: found, machine: machine, hold: opening.hold,
            random: random)
        try vault.complete(opening)
        return vault
    }

    /// No anchor is made before there is a database with tables in it. Where one is found without, the database is lost, and
    /// a new one, with an anchor of its own, would take the old one's way home.
    ///
    /// - Throws: `storeUnsafe`.
    private static func refuseWhereAnAnchorIsLeft(in directory: StoreDirectory) throws(LicenceError) {
        guard let anchor = try directory.anchors().first else { return }
        throw LicenceError(
            .storeUnsafe,
            [
                .path: directory.path,
                .reason: "\(databaseName) is missing or empty, and \(anchor) was made for one: put the file back as it "
                    + "was; if it is lost, and its keys with it, begin anew in another folder",
            ])
    }

    /// Writes an empty vault into a database without one: first its tables, so that an anchor is never there without
    /// them, and then the vault. The anchor is on the disk before the commit that names it.
    private static func make(
        in directory: StoreDirectory, _ database: StoreDatabase, _ description: VaultDescription,
        machine: MachineIdentity?, random: @escaping RandomBytes
    ) throws(LicenceError) -> SQLiteVault {
        try directory.syncName()
        try database.write { try database.migrate($0) }
        let anchor = try database.write { connection in
            let anchor = try PlaceAnchor(creatingIn: directory.descriptor, machine: machine)
            try connection.execute(
                sql: """
                    INSERT INTO vault (one, location, key_capacity, record_capacity, state_counter, wrong_requests)
                    VALUES (1, ?, ?, ?, 0, 0)
                    """,
                arguments: [
                    description.location.description, Int64(description.capacity.keys),
                    Int64(description.capacity.records),
                ])
            try AnchorTable(database: connection).replace(
                current: try anchor.record(wrapping: anchor.storeKey), replaced: nil)
            return anchor
        }
        let vault = SQLiteVault(
            directory: directory, database: database, description: description, machine: machine,
            hold: .held(anchor, anchor.storeKey), random: random)
        vault.isNew = true
        try vault.removeStrays()
        return vault
    }

    /// Does what an earlier process could not do any more, and then removes what nobody needs. Nothing, where the vault
    /// is LOCKED.
    private func complete(_ opening: AnchorOpening) throws(LicenceError) {
        switch opening.remainder {
        case .locked:
            try database.makeReadOnly()
            return
        case .nothing: break
        case .destroy(let replaced): try finishDestruction(of: replaced)
        case .destroyKept(let kept):
            // Whoever put it back may not have waited for the disk. Then it is one on its way out, as after a release: where
            // this process is stopped, the next one goes on, and takes for destroyed what it does not find.
            try database.use { try directory.descriptor.syncFileSystem() }
            try database.write { try AnchorTable(database: $0).takeUp(kept) }
            try finishDestruction(of: kept, wasThere: true)
        case .rotate: try rotateAgain()
        case .settled: try database.write { try AnchorTable(database: $0).finish() }
        }
        if case .ours(let version) = database.state, version < DatabaseSchema.vault.version {
            try database.write { try database.migrate($0) }
        }
        try removeStrays()
    }

    /// Steps 4 and 5 for a process that ended before them.
    ///
    /// - Parameter wasThere: whether the anchor was seen a moment ago, so that it was moved away where it is not found.
    private func finishDestruction(of replaced: AnchorRecord, wasThere: Bool = false) throws(LicenceError) {
        let destruction = try database.use {
            try PlaceAnchor.destroyReplaced(replaced, in: directory.descriptor, machine: machine)
        }
        switch destruction {
        case .absent where wasThere, .keptDirectory:
            try database.write { try AnchorTable(database: $0).keep(replaced, as: .keptDirectory) }
            if case .held(let anchor, let key) = hold { hold = .keptByOthers(anchor, key, kept: nil) }
        case .done, .absent, .keptFile: try database.write { try AnchorTable(database: $0).finish() }
        }
    }

    /// Only the replaced anchor opened: a new one takes the place of the one that does not.
    private func rotateAgain() throws(LicenceError) {
        guard case .held(let anchor, let key) = hold else { return }
        let (_, rotation) = try writeRotating { _, begin in try begin(anchor, key) }
        if let rotation { _ = try finish(rotation) }
    }

    private func removeStrays() throws(LicenceError) {
        strayAnchors = try database.use {
            let known = try self.database.read { database in
                try AnchorTable.Role.allCases.compactMap { role in
                    try AnchorTable(database: database).record(role).map { try AnchorRecord(decoding: $0).name }
                }
            }
            return try PlaceAnchor.removeStrays(except: Set(known), in: directory.descriptor)
        }
    }
}

extension StoreDatabase {
    /// What the vault in it says of itself; nil where none was made yet.
    ///
    /// - Throws: `storeUnsafe` where that can't be read.
    fileprivate func description(of path: String) throws(LicenceError) -> VaultDescription? {
        guard state != .empty else { return nil }
        return try read { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM vault") else {
                guard try AnchorTable(database: database).isEmpty else {
                    throw LicenceError(.storeUnsafe, [.path: path, .reason: "it says nowhere what it is"])
                }
                return nil
            }
            let columns = Columns(row: row)
            do {
                return VaultDescription(
                    location: try Location(try columns.text("location")),
                    capacity: VaultCapacity(
                        keys: try columns.number("key_capacity"), records: try columns.number("record_capacity")))
            } catch is Columns.Unreadable {
                throw LicenceError(.storeUnsafe, [.path: path, .reason: "what it says of itself can't be read"])
            }
        }
    }
}
