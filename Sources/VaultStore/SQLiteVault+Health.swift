import GRDB
import Glibc
package import Licensing

/// How a store is at this moment, for whoever looks for faults.
package struct StoreHealth: Sendable, Equatable {
    /// The store's directory.
    package let path: String
    /// What is wrong with the database; nil where it is whole, or was not looked through.
    package let damage: String?
    /// What changed about the place since the store was opened, which will keep it from opening again; nil where nothing
    /// did.
    package let displacement: String?
    /// That somebody keeps an anchor: one that was replaced, or the one that the next key to leave would replace; nil where
    /// nobody does.
    package let keptAnchor: LicenceError?
    /// What the anchor can't protect against on this file system, one sentence for each gap.
    package let gaps: [String]
    /// The anchors that nobody knows and that hold something which was never part of one.
    package let strayAnchors: [String]

    package init(
        path: String, damage: String?, displacement: String?, keptAnchor: LicenceError?, gaps: [String],
        strayAnchors: [String]
    ) {
        (self.path, self.damage, self.displacement) = (path, damage, displacement)
        (self.keptAnchor, self.gaps, self.strayAnchors) = (keptAnchor, gaps, strayAnchors)
    }
}

extension SQLiteVault {
    /// Looks at the store as it is now. Nothing is changed.
    ///
    /// - Parameter isThorough: whether the database is looked through from its beginning to its end (`PRAGMA
    ///   quick_check`), which takes as long as reading it.
    /// - Throws: `storeFailed` where the disk does not give it.
    package func health(isThorough: Bool) throws(LicenceError) -> StoreHealth {
        try database.read { connection in
            StoreHealth(
                path: directory.path, damage: isThorough ? try StoreDatabase.damage(connection) : nil,
                displacement: try displacement(connection), keptAnchor: keptAnchor, gaps: protection?.gaps ?? [],
                strayAnchors: strayAnchors)
        }
    }

    private var keptAnchor: LicenceError? {
        switch hold {
        case .keptByOthers: anchorKept
        case .held(let anchor, _): (try? anchor.isDestructible()) == false ? anchorKept : nil
        case .locked: nil
        }
    }

    /// What the next opening would find different. A store that is LOCKED has its own reason for that.
    private func displacement(_ connection: Database) throws -> String? {
        guard hold.lockedReason == nil else { return nil }
        if let moved = directory.displacement { return moved }
        guard let stored = try AnchorTable(database: connection).record(.current) else {
            return "its database has lost its anchor"
        }
        do throws(PlaceAnchor.Refusal) {
            guard let record = try? AnchorRecord(decoding: stored) else {
                return "its database has an anchor that can't be read"
            }
            _ = try PlaceAnchor(opening: record, in: directory.descriptor, machine: machine)
            return nil
        } catch {
            return error.words
        }
    }
}

extension StoreDirectory {
    /// What stands at the path now, if that is no longer the directory which was opened by it.
    var displacement: String? {
        var (opened, found) = (stat(), stat())
        guard fstat(descriptor.number, &opened) == 0 else { return "the directory can't be looked at" }
        guard lstat(path, &found) == 0 else { return "nothing is at \(path) any more" }
        guard (opened.st_dev, opened.st_ino) == (found.st_dev, found.st_ino) else {
            return "another directory is at \(path) now"
        }
        return nil
    }
}
