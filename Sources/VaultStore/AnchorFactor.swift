/// Something that tells an anchor's directory from a copy of it. The numbers are stored in anchor records: a new factor
/// gets a new number, and none is given a new meaning.
///
/// Never among them: the change time (chmod moves it), the device number (it differs after a reboot), where the blocks
/// lie (defragmenting moves them).
package enum AnchorFactor: UInt8, CaseIterable, Sendable {
    /// The machine's identity.
    case machine = 1
    /// The directory's inode number.
    case inode = 2
    /// The generation of that number: which of the files that had it, one after the other.
    case generation = 3
    /// When the directory was made.
    case birthTime = 4
    /// The handle a file server would use; on btrfs it names the subvolume too.
    case fileHandle = 5

    /// Its name for a person.
    package var name: String {
        switch self {
        case .machine: "machine id"
        case .inode: "inode number"
        case .generation: "inode generation"
        case .birthTime: "birth time"
        case .fileHandle: "file handle"
        }
    }
}
