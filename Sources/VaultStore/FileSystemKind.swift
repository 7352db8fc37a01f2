import CLinux
import Glibc

/// The kind of file system that a directory lies on, as `fstatfs` numbers it (linux/magic.h).
package enum FileSystemKind: Sendable, Equatable {
    case ext, xfs, btrfs, tmpfs, f2fs, zfs, bcachefs
    case overlay, fuse, plan9, nfs, smb, ceph, fat, exfat
    /// One that nobody has looked at; the number is kept for the message.
    case other(UInt64)

    init(magic: UInt64) {
        self =
            switch magic {
            case 0xEF53: .ext
            case 0x5846_5342: .xfs
            case 0x9123_683E: .btrfs
            case 0x0102_1994: .tmpfs
            case 0xF2F5_2010: .f2fs
            case 0x2FC1_2FC1: .zfs
            case 0xCA45_1A4E: .bcachefs
            case 0x794C_7630: .overlay
            case 0x6573_5546: .fuse
            case 0x0102_1997: .plan9
            case 0x6969: .nfs
            case 0x517B, 0xFE53_4D42, 0xFF53_4D42: .smb
            case 0x00C3_6400: .ceph
            case 0x4D44: .fat
            case 0x2011_BAB0: .exfat
            default: .other(magic)
            }
    }

    /// Its name in messages.
    package var name: String {
        switch self {
        case .ext: "ext4"
        case .xfs: "xfs"
        case .btrfs: "btrfs"
        case .tmpfs: "tmpfs"
        case .f2fs: "f2fs"
        case .zfs: "zfs"
        case .bcachefs: "bcachefs"
        case .overlay: "overlayfs"
        case .fuse: "fuse"
        case .plan9: "9p"
        case .nfs: "nfs"
        case .smb: "smb"
        case .ceph: "ceph"
        case .fat: "fat"
        case .exfat: "exfat"
        case .other(let magic): "a file system of unknown kind (0x\(String(magic, radix: 16)))"
        }
    }

    /// Whether a store may lie there.
    ///
    /// overlayfs is refused because wiping its upper layer brings an older state back; FUSE, 9p and the FAT family
    /// because they make inode numbers up anew at each mount, which would leave every key LOCKED; network file systems
    /// because SQLite can't rely on their locks.
    package var holdsStores: Bool {
        switch self {
        case .overlay, .fuse, .plan9, .nfs, .smb, .ceph, .fat, .exfat: false
        case .ext, .xfs, .btrfs, .tmpfs, .f2fs, .zfs, .bcachefs, .other: true
        }
    }

    /// The kind of file system under an open file.
    static func of(_ descriptor: borrowing Descriptor) throws(SystemCallFailure) -> FileSystemKind {
        var magic: UInt64 = 0
        let result = clinux_file_system_magic(descriptor.number, &magic)
        guard result == 0 else { throw SystemCallFailure(call: "fstatfs", name: descriptor.name, number: result) }
        return FileSystemKind(magic: magic)
    }
}
