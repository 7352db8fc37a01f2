import GRDB
import Licensing

/// An anchor about to take another's place: made on the disk before the transaction that names it commits.
struct AnchorRotation {
    /// The new one, with a fresh key for the store.
    let made: PlaceAnchor
    /// The one that goes.
    let replaced: PlaceAnchor

    /// Makes the new anchor; when this returns it is on the disk.
    init(from replaced: PlaceAnchor, in directory: StoreDirectory, machine: MachineIdentity?) throws(SystemCallFailure)
    {
        made = try PlaceAnchor(creatingIn: directory.descriptor, machine: machine)
        self.replaced = replaced
    }

    /// The part within the transaction: seals everything anew, and wraps the new key for both anchors, so that the store
    /// opens wherever the process ends.
    func write(to database: Database, from old: StoreKey) throws {
        for column in SealedColumn.allCases {
            try column.reseal(in: database, from: old, to: made.storeKey)
        }
        try AnchorTable(database: database).replace(
            current: try made.record(wrapping: made.storeKey), replaced: try replaced.record(wrapping: made.storeKey))
    }
}
