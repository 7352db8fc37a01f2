import Foundation
import Glibc

/// What is on a disk below one folder: files and folders by number, and the names that lead to them.
struct DiskTree {
    /// A file or a folder, for as long as anything knows it.
    typealias Node = Int

    /// The folder that everything is below.
    static let root: Node = 0

    /// The contents of every file, also of those without a name.
    private(set) var files: [Node: [UInt8]] = [:]
    /// The names in every folder.
    private(set) var folders: [Node: [String: Node]] = [root: [:]]
    private var next = 1

    /// Reads what is in `folder`.
    init(reading folder: String) throws {
        try read(folder, Self.root)
    }

    private mutating func read(_ path: String, _ node: Node) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() {
            let child = "\(path)/\(name)"
            var status = stat()
            guard lstat(child, &status) == 0 else { throw Failure("\(child) can't be looked at") }
            let made = makeNode(isFolder: status.st_mode & S_IFMT == S_IFDIR)
            folders[node]?[name] = made
            if folders[made] != nil { try read(child, made) } else { files[made] = try Files.contents(child) }
        }
    }

    /// Makes an empty file or folder that nothing leads to.
    mutating func makeNode(isFolder: Bool) -> Node {
        defer { next += 1 }
        if isFolder { folders[next] = [:] } else { files[next] = [] }
        return next
    }

    /// What the path leads to.
    func node(at path: String) -> Node? {
        path.split(separator: "/").reduce(Self.root) { node, name in
            node.flatMap { folders[$0]?[String(name)] }
        }
    }

    mutating func name(_ name: String, in folder: Node, leadsTo node: Node?) {
        folders[folder]?[name] = node
    }

    /// Writes over a file from `offset` on; what lies between its end and there is zero.
    mutating func write(_ bytes: ArraySlice<UInt8>, to node: Node, at offset: Int) {
        resize(node, to: max(files[node]?.count ?? 0, offset + bytes.count))
        files[node]?.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    }

    mutating func resize(_ node: Node, to size: Int) {
        guard let count = files[node]?.count else { return }
        if count > size { files[node]?.removeLast(count - size) }
        if count < size { files[node]?.append(contentsOf: repeatElement(0, count: size - count)) }
    }

    /// Puts everything that has a name into the empty folder `path`.
    func put(into path: String) throws { try put(Self.root, path) }

    private func put(_ node: Node, _ path: String) throws {
        for (name, child) in folders[node] ?? [:] {
            if folders[child] != nil {
                try Files.makeFolder("\(path)/\(name)")
                try put(child, "\(path)/\(name)")
            } else {
                try Files.write(files[child] ?? [], to: "\(path)/\(name)")
            }
        }
    }

    /// A number by which two trees with other names or other contents are told apart, within this process.
    var fingerprint: Int {
        var hasher = Hasher()
        hash(Self.root, into: &hasher)
        return hasher.finalize()
    }

    private func hash(_ node: Node, into hasher: inout Hasher) {
        for (name, child) in (folders[node] ?? [:]).sorted(by: { $0.key < $1.key }) {
            hasher.combine(name)
            hasher.combine(folders[child] != nil)
            (files[child] ?? []).withUnsafeBytes { hasher.combine(bytes: $0) }
            hash(child, into: &hasher)
        }
        hasher.combine(0)
    }
}
