import Glibc
import LinuxSystem

/// The files in which a Linux system tells about itself: `/sys`, `/proc`, `/dev`, `/etc` and the like. A test puts a tree
/// of its own in their place.
///
/// Whatever stands behind a name, reading never waits and never takes more memory than it was allowed.
package struct SystemTree: Sendable {
    /// What stands before every path; empty for the system itself.
    private let root: String
    /// The user who looks; as root more can be seen.
    let user: UInt32

    /// - Parameters:
    ///   - root: the folder that stands for `/`.
    ///   - user: the user who looks.
    package init(root: String = "", user: UInt32 = geteuid()) {
        self.root = root
        self.user = user
    }

    /// The most bytes of a file in which one value stands.
    static let longestValue = 4096
    /// The most names that are read of one folder.
    static let mostNames = 100_000

    /// What stands behind a name.
    struct Status: Sendable, Hashable {
        /// What kind of thing.
        enum Kind: Sendable, Hashable { case file, directory, socket, other }

        let kind: Kind
        let owner: UInt32
        let group: UInt32
        /// The permission bits.
        let mode: UInt32
    }

    /// What stands at a path, links followed; nil where there is nothing, or nothing that may be looked at.
    func status(_ path: String) -> Status? {
        var found = stat()
        guard stat(root + path, &found) == 0 else { return nil }
        let kind: Status.Kind =
            switch found.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFSOCK: .socket
            default: .other
            }
        return Status(kind: kind, owner: found.st_uid, group: found.st_gid, mode: found.st_mode & 0o7777)
    }

    /// The text of a file; nil where it can't be read, or has more than `limit` bytes.
    func text(_ path: String, atMost limit: Int = longestValue) -> String? {
        let file = open(root + path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var found = stat()
        guard fstat(file, &found) == 0, found.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            switch FileBytes.read(from: file, atMost: limit + 1 - bytes.count) {
            case .bytes(let more): bytes += more
            case .end: return String(decoding: bytes, as: UTF8.self)
            case .failed: return nil
            }
        }
        return nil
    }

    /// The one value in a file: its first line, without spaces around it.
    func value(_ path: String) -> String? {
        text(path).map { Question.trimmed($0.prefix { $0 != "\n" }) }
    }

    /// The names in a folder, sorted; nil where it can't be read.
    func names(in path: String) -> [String]? {
        try? Folder.names(in: root + path, atMost: Self.mostNames)
    }

    /// The paths of the files in several folders whose names have an ending, by their names; a file hides those of the same
    /// name in the folders after its own, as udev(7) and systemd.unit(5) have it.
    func overlaid(_ folders: [String], ending: String) -> [String] {
        var paths: [String: String] = [:]
        for folder in folders.reversed() {
            for name in names(in: folder) ?? [] where name.hasSuffix(ending) { paths[name] = "\(folder)/\(name)" }
        }
        return paths.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Where a symbolic link leads, as it is written; nil where there is none.
    func target(of link: String) -> String? {
        var room = [CChar](repeating: 0, count: Self.longestValue)
        let count = readlink(root + link, &room, room.count)
        guard count > 0, count < room.count else { return nil }
        return String(decoding: room.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
