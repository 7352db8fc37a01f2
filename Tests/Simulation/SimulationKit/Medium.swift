package import Licensing
package import Vaults

/// What a vault lies on: memory, or a disk that can fail. It outlives the process that has the vault open.
package protocol Medium: AnyObject {
    /// Whether it is a disk, which fails within a commit and can be copied.
    var isDisk: Bool { get }
    /// Opens the vault as a process that was just started does. The vault opened before has been let go.
    func open() throws(LicenceError) -> any MintingVault
    /// Has the disk fail later on.
    func arm(_ fault: DiskFault)
    /// The disk does not fail any more.
    ///
    /// - Returns: whether it did.
    func disarm() -> Bool
    /// Makes of the disk what a power cut leaves of it. No vault is open.
    func losePower(seed: UInt64) throws
    /// The files that a vault which is LOCKED has to leave as they are; nil where a commit was cut off, which SQLite rolls
    /// back before anything can be known of the vault. No vault is open.
    func contents() throws -> [String: [UInt8]]?
    /// Copies what is on the disk. No vault is open.
    func backUp(as tape: Int) throws
    /// Writes a copy over what is there. No vault is open.
    func restore(_ tape: Int) throws
    /// Another disk with what is on a copy.
    func clone(_ tape: Int, at place: Int) throws -> any Medium
}

/// A medium on which a store hangs on an anchor, a directory that somebody can move aside.
package protocol AnchoredMedium: Medium {
    /// Moves the anchor aside.
    ///
    /// - Returns: its name; nil where there is none, or more than one.
    func moveAnchorAside() throws -> String?
    /// Whether an anchor is in its place.
    func hasAnchor() throws -> Bool
    /// Puts an anchor back that was moved aside.
    func bringBack(anchor: String) throws
    /// Deletes an anchor that was moved aside.
    func delete(anchor: String) throws
    /// Tells the open vault that what was kept is gone.
    func vouch(to vault: any MintingVault) throws
}

/// Memory: a commit happens or it does not.
final class MemoryMedium: Medium {
    private var vault: MemoryVault
    private let random: RandomBytes

    init(_ location: Location, _ capacity: VaultCapacity, _ random: @escaping RandomBytes) {
        self.random = random
        vault = MemoryVault(location: location, capacity: capacity, random: random)
    }

    var isDisk: Bool { false }
    func open() -> any MintingVault {
        vault = MemoryVault(copying: vault, random: random)
        return vault
    }
    func arm(_ fault: DiskFault) {}
    func disarm() -> Bool { false }
    func losePower(seed: UInt64) {}
    func contents() -> [String: [UInt8]]? { nil }
    func backUp(as tape: Int) {}
    func restore(_ tape: Int) {}
    func clone(_ tape: Int, at place: Int) -> any Medium { self }
}

/// What a world is made of.
package protocol Stage {
    /// Whether its media are disks.
    var isOnDisk: Bool { get }
    /// Makes an empty medium for the vault of a place, on which it can be opened.
    func medium(
        for place: Int, _ location: Location, _ capacity: VaultCapacity, _ random: @escaping RandomBytes
    ) throws -> any Medium
    /// An action begins; whatever draws from elsewhere is to begin anew too.
    func begin(seed: UInt64)
    /// The world has ended; nothing of its media is needed any more.
    func clear() throws
}

/// Everything in memory.
package struct MemoryStage: Stage {
    package init() {}
    package var isOnDisk: Bool { false }
    package func medium(
        for place: Int, _ location: Location, _ capacity: VaultCapacity, _ random: @escaping RandomBytes
    ) -> any Medium { MemoryMedium(location, capacity, random) }
    package func begin(seed: UInt64) {}
    package func clear() {}
}
