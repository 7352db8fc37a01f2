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
    func mountAnew() throws { try whileAway { _ in } }

    /// Takes it away, does something with its device, and mounts it again.
    private func whileAway(_ body: (Scratch) throws -> Void) throws {
        let scratch = try Scratch()
        try scratch.run("umount", mountPoint)
        defer { try? scratch.run("mount", "-t", kind, device, mountPoint) }
        try body(scratch)
    }

    /// What an administrator does to a file system as a whole, with its own tools, by a name for each.
    var upkeep: [(name: String, work: () throws -> Void)] {
        switch kind {
        case "ext4":
            [
                // 1: it was changed, as -D asks for.
                ("e2fsck -fD", { try self.shell("umount M; e2fsck -fyD D || test $? = 1; mount -t ext4 D M") }),
                // It asks for a check since the last mount; one within the same second would do by chance.
                ("tune2fs -U", { try self.shell("umount M; e2fsck -fp D; tune2fs -U random D; mount -t ext4 D M") }),
                // Not while it is mounted, which a container may not do.
                (
                    "growing",
                    { try self.shell("umount M; \(self.larger); e2fsck -fp D; resize2fs D; mount -t ext4 D M") }
                ),
            ]
        case "xfs":
            [
                ("xfs_repair", { try self.shell("umount M; xfs_repair D; mount -t xfs D M") }),
                ("xfs_admin -U", { try self.shell("umount M; xfs_admin -U generate D; mount -t xfs D M") }),
                ("growing", { try self.shell("\(self.larger); xfs_growfs M") }),
            ]
        case "btrfs":
            [
                ("balance", { try self.shell("btrfs balance start --full-balance M") }),
                ("btrfstune -u", { try self.shell("umount M; btrfstune -f -u D; mount -t btrfs D M") }),
                ("growing", { try self.shell("\(self.larger); btrfs filesystem resize max M") }),
            ]
        default: []
        }
    }

    /// Gives the device more room.
    private let larger = "truncate -s +64M \"$(losetup -n -O BACK-FILE D)\"; losetup -c D"

    /// Runs lines of a shell in which `D` is the device and `M` where it is mounted; the first that fails ends them.
    private func shell(_ lines: String) throws {
        let words = lines.replacing(#/\bD\b/#, with: device).replacing(#/\bM\b/#, with: mountPoint)
        try Scratch().run("sh", "-e", "-c", words)
    }

    /// Whether it can make snapshots by itself.
    var hasSnapshots: Bool { kind == "btrfs" }

    /// Makes a snapshot of everything at `path`, which lies in this volume, and a copy of it by sending, at `path`.sent.
    func snapshot(at path: String) throws {
        try shell("btrfs subvolume snapshot -r M '\(path)'; mkdir '\(path).sent'; sync")
        try shell("btrfs send -q '\(path)' | btrfs receive -q '\(path).sent'")
        try shell("btrfs property set -f -ts '\(path)' ro false")
    }

    /// Takes a snapshot and what was sent of it away.
    func forgetSnapshot(at path: String) throws {
        try shell("btrfs subvolume delete '\(path)' '\(path).sent'/*; rmdir '\(path).sent'")
    }

    /// An image of the whole device, as it is when nobody uses it.
    func save(to path: String) throws {
        try whileAway { try $0.run("cp", "--sparse=always", device, path) }
    }

    /// Puts an image back over everything.
    func restore(from path: String) throws {
        try whileAway { try $0.run("dd", "if=\(path)", "of=\(device)", "bs=4M", "conv=fsync") }
    }

    /// Has everything at `place` appear at `path`, too, while `body` is done.
    func bound(to path: String, _ body: () throws -> Void) throws {
        let scratch = try Scratch()
        try scratch.run("mkdir", "-m", "0700", path)
        try scratch.run("mount", "--bind", mountPoint, path)
        defer { try? scratch.run("umount", path) }
        try body()
    }
}
