import Foundation
import Glibc

/// A file system that lies on a block device of its own, as `make places` mounts them.
struct Volume {
    private let mountPoint: String
    private let device: String
    private let kind: String

    /// The volume that is mounted at `place`; nil where `place` is no more than a folder of another one, or has no device.
    init?(of place: String) {
        guard let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8) else { return nil }
        let fields = mounts.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        guard let own = fields.last(where: { $0.count > 2 && $0[1] == place }), own[0].hasPrefix("/dev/loop") else {
            return nil
        }
        (device, mountPoint, kind) = (own[0], own[1], own[2])
    }

    /// Whether files of a store can share their blocks with a copy. btrfs has reflinks, but not of files that are
    /// overwritten in place, as an anchor's is there.
    var hasReflinks: Bool { kind == "xfs" }

    /// Moves the blocks of everything below a folder, with the file system's own tool.
    func defragment(_ folder: String) throws {
        let scratch = try Scratch()
        switch kind {
        case "ext4": try scratch.run("e4defrag", folder)
        case "xfs": try scratch.run("xfs_fsr", mountPoint)
        case "btrfs": try scratch.run("btrfs", "filesystem", "defragment", "-r", folder)
        default: break
        }
    }

    /// Takes it away and mounts it again: nothing that only memory knew is left.
    func mountAnew() throws {
        let scratch = try Scratch()
        try scratch.run("umount", mountPoint)
        try scratch.run("mount", "-t", kind, device, mountPoint)
    }
}
