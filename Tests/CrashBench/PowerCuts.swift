import CDisk
import TestKit

/// The states in which a disk may be found after its power was cut, one after the other.
///
/// What was waited for is there: a file's bytes and length once the file was synced, a name once its folder was. Of what
/// was not, anything may be there, in any combination and whatever came first: each write, each change of a length, each
/// name that was made or taken away. A write may be there in part, in whole sectors of 512 bytes from its beginning or
/// up to its end. What is missing before the end of a file reads as zeros. Changes of one name happen in their order.
///
/// Cuts are made where as much as possible is open: just before each sync is done and after the last call. What could be
/// found at any other moment can be found there too.
///
/// Of `n` things that are open, every combination is tried up to `exhaustive`. Of more: none, all, each beginning and
/// each end of the sequence, each alone, each missing, and as many random combinations as asked for. Beside those, each
/// write is torn in six ways, with what comes before it and nothing else, with everything else, and with nothing else.
struct PowerCuts {
    /// How many combinations are tried.
    struct Thoroughness {
        /// Up to so many open things, all combinations.
        let exhaustive: Int
        /// Of more, so many random ones at each cut.
        let random: Int
    }

    /// A state of the disk.
    struct Image {
        let tree: DiskTree
        /// Whether the program had already answered.
        let isAnswered: Bool
        /// Where the power was cut and what of the open things is there.
        let name: String
    }

    /// The size of what a disk writes whole or not at all.
    static let sector = 512

    /// Something that was done and not yet waited for.
    private enum Change {
        case write(DiskTree.Node, Int, ArraySlice<UInt8>)
        case resize(DiskTree.Node, Int)
        case name(String, DiskTree.Node, DiskTree.Node?)

        /// What has to be synced for it.
        var owner: DiskTree.Node {
            switch self {
            case .write(let node, _, _), .resize(let node, _), .name(_, let node, _): node
            }
        }
    }

    /// What is on the disk for certain.
    private var settled: DiskTree
    /// What the program sees.
    private var seen: DiskTree
    private var open: [Change] = []
    private var nodes: [UInt64: DiskTree.Node] = [:]
    private var isAnswered = false
    /// Whether cuts are made yet.
    private var isCutting = false
    private var (made, sampled) = (0, 0)
    private var known: Set<Int> = []
    private let thoroughness: Thoroughness
    private let random = DeterministicRandom(seed: 7)
    private let look: (Image) throws -> Void

    /// Shows the images of everything that was recorded over a disk that was in the state `before`, each once.
    ///
    /// - Parameters:
    ///   - first: the call before which no cut is made, counted from 0. What was not waited for until then is open.
    ///   - known: the images that were shown already, and are not again.
    /// - Returns: how many cuts were made, and at how many of them not every combination was tried.
    static func each(
        of recording: Recording, from first: Int = 0, over before: DiskTree, _ thoroughness: Thoroughness,
        known: inout Set<Int>, _ look: @escaping (Image) throws -> Void
    ) throws -> (made: Int, sampled: Int) {
        var cuts = PowerCuts(before, thoroughness, look)
        cuts.known = known
        defer { known = cuts.known }
        for (index, event) in recording.events.enumerated() {
            cuts.isCutting = index >= first
            try cuts.take(event, "call \(index + 1)")
        }
        try cuts.cut("the end")
        return (cuts.made, cuts.sampled)
    }

    private init(_ before: DiskTree, _ thoroughness: Thoroughness, _ look: @escaping (Image) throws -> Void) {
        (settled, seen, self.thoroughness, self.look) = (before, before, thoroughness, look)
    }

    private mutating func take(_ event: Recording.Event, _ name: String) throws {
        // The process id in the lock's file is for messages alone, and is waited for by nobody.
        if event.parts.name == "lock", [CDISK_WRITE, CDISK_TRUNCATE].contains(event.kind) { return }
        switch event.kind {
        case CDISK_WRITE: change(.write(try node(of: event), event.offset, event.bytes))
        case CDISK_TRUNCATE: change(.resize(try node(of: event), event.offset))
        case CDISK_CREATE, CDISK_MAKE_DIRECTORY:
            let isFolder = event.kind == CDISK_MAKE_DIRECTORY
            let made = seen.makeNode(isFolder: isFolder)
            // The same number in both, because both have made the same ones before.
            guard settled.makeNode(isFolder: isFolder) == made else { throw Failure("two disks that differ") }
            nodes[event.inode] = made
            change(.name(event.parts.name, try folder(of: event), made))
        case CDISK_UNLINK, CDISK_REMOVE_DIRECTORY:
            change(.name(event.parts.name, try folder(of: event), nil))
        case CDISK_SYNC:
            let node = try node(of: event)
            try cut("before \(name), sync of ./\(event.path)")
            for change in open where change.owner == node { Self.apply(change, to: &settled) }
            open.removeAll { $0.owner == node }
        case CDISK_ANSWER:
            isAnswered = true
        default: throw Failure("\(name) on \(event.path) is of a kind that nobody has thought about")
        }
    }

    private mutating func change(_ change: Change) {
        Self.apply(change, to: &seen)
        open.append(change)
    }

    private mutating func node(of event: Recording.Event) throws -> DiskTree.Node {
        if let node = nodes[event.inode] { return node }
        guard let node = seen.node(at: event.path) else { throw Failure("./\(event.path) was never made") }
        nodes[event.inode] = node
        return node
    }

    private func folder(of event: Recording.Event) throws -> DiskTree.Node {
        guard let node = seen.node(at: event.parts.folder) else { throw Failure("./\(event.path) is in no folder") }
        return node
    }

    private static func apply(_ change: Change, to tree: inout DiskTree) {
        switch change {
        case .write(let node, let offset, let bytes): tree.write(bytes, to: node, at: offset)
        case .resize(let node, let size): tree.resize(node, to: size)
        case .name(let name, let folder, let node): tree.name(name, in: folder, leadsTo: node)
        }
    }

    private mutating func cut(_ place: String) throws {
        guard isCutting else { return }
        made += 1
        if open.count > thoroughness.exhaustive { sampled += 1 }
        for kept in combinations(of: open.count) {
            try add(open.indices.filter { kept[$0] }.map { open[$0] }, place, kept)
        }
        for (index, change) in open.enumerated() {
            guard case .write(let node, let offset, let bytes) = change else { continue }
            for part in Self.parts(of: bytes) {
                let torn = Change.write(node, offset + (part.startIndex - bytes.startIndex), part)
                for others in [0..<index, 0..<open.count, 0..<0] {
                    let kept = open.indices.map { others.contains($0) || $0 == index }
                    let changes = open.indices.filter { kept[$0] }.map { $0 == index ? torn : open[$0] }
                    try add(changes, "\(place), change \(index + 1) torn to \(part.count) bytes", kept)
                }
            }
        }
    }

    private mutating func add(_ changes: [Change], _ place: String, _ kept: [Bool]) throws {
        var tree = settled
        for change in changes { Self.apply(change, to: &tree) }
        var hasher = Hasher()
        hasher.combine(tree.fingerprint)
        hasher.combine(isAnswered)
        guard known.insert(hasher.finalize()).inserted else { return }
        let pattern = String(kept.map { $0 ? "x" : "-" })
        try look(Image(tree: tree, isAnswered: isAnswered, name: "\(place) [\(pattern)]"))
    }

    /// Which of `count` things are there.
    private func combinations(of count: Int) -> [[Bool]] {
        if count <= thoroughness.exhaustive {
            return (0..<(1 << count)).map { number in (0..<count).map { number >> $0 & 1 == 1 } }
        }
        let all = 0..<count
        var kept = (0...count).flatMap { limit in [all.map { $0 < limit }, all.map { $0 >= limit }] }
        kept += all.flatMap { chosen in [all.map { $0 == chosen }, all.map { $0 != chosen }] }
        for _ in 0..<thoroughness.random {
            kept.append(all.map { _ in random.next() & 1 == 1 })
        }
        return kept
    }

    /// The beginnings and ends of a write that may be all of it that is there.
    private static func parts(of bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        guard bytes.count > sector else { return [] }
        let half = bytes.count / 2 / sector * sector
        let sizes = Set([sector, max(half, sector), (bytes.count - 1) / sector * sector])
        return sizes.sorted().flatMap { [bytes.prefix($0), bytes.dropFirst($0)] }
    }
}
