import Foundation
import Glibc
import TestKit
import Testing

/// A disk that lies in a file and is mounted at a place, as `make places` has them: read whole, it is what somebody finds
/// who takes the disk out of the machine, deleted files and the file system's own journal included.
struct DiskImage: CustomTestStringConvertible {
    /// Those that ALMD_IMAGES names, with colons between. That of the place P is P.image.
    private static let named = (ProcessInfo.processInfo.environment["ALMD_IMAGES"] ?? "").split(separator: ":").map {
        DiskImage(path: String($0))
    }

    /// Those on which a store is promised to leave nothing.
    static let all = named.filter { $0.testDescription != "data-journal" }

    /// Those on which a file system writes what is in files to its journal, too.
    static let journalled = named.filter { $0.testDescription == "data-journal" }

    /// The file.
    let path: String

    /// Where it is mounted.
    var place: String { URL(fileURLWithPath: path).deletingPathExtension().path }

    var testDescription: String { place.split(separator: "/").last.map(String.init) ?? place }

    /// What is looked for.
    struct Search {
        /// Byte strings that may stand anywhere, each by what it is; at most ``overlap`` bytes long.
        var strings: [String: [UInt8]] = [:]
        /// Contents of files by what they are, of which any piece counts.
        var contents: [String: [UInt8]] = [:]
    }

    /// The size of a piece, in bytes, and what its place is a multiple of: file systems lay files out in larger blocks.
    static let piece = 32
    private static let chunk = 1 << 20
    private static let overlap = 128

    /// How often each string stands on the disk, and how many places have a piece of each of the contents.
    func occurrences(of search: Search) throws -> [String: Int] {
        try Scratch().run("sync", "--file-system", place)
        let pieces = Pieces(search.contents)
        var found = search.strings.mapValues { _ in 0 }.merging(search.contents.mapValues { _ in 0 }) { $0 + $1 }
        try #require(found.count == search.strings.count + search.contents.count)
        let needles = try search.strings.mapValues { try #require(Needle($0)) }
        try #require(needles.values.allSatisfy { $0.count <= Self.overlap })
        try chunks { chunk in
            for (what, needle) in needles {
                found[what, default: 0] += needle.occurrences(in: chunk, before: Self.chunk)
            }
            pieces.count(in: UnsafeRawBufferPointer(rebasing: chunk.prefix(Self.chunk)), into: &found)
        }
        return found
    }

    /// Gives every part of the disk that is not all zeros: ``chunk`` bytes, and the beginning of what follows.
    private func chunks(_ body: (UnsafeRawBufferPointer) -> Void) throws {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        try #require(file >= 0, "\(path): error \(errno)")
        defer { close(file) }
        let zeros = [UInt8](repeating: 0, count: Self.chunk + Self.overlap)
        var (buffer, offset) = (zeros, 0)
        while true {
            let count = pread(file, &buffer, buffer.count, offset)
            try #require(count >= 0, "\(path): error \(errno)")
            if count == 0 { break }
            if memcmp(buffer, zeros, count) != 0 {
                // Safe because the buffer outlives the closure, and `count` of its bytes were read.
                buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
            }
            offset += Self.chunk
        }
    }

    /// Pieces of files, found by their first eight bytes.
    private struct Pieces {
        private var byStart: [UInt64: [(what: String, bytes: ArraySlice<UInt8>)]] = [:]
        /// Which of the last 16 bits of a start occur, so that hardly any other place is looked up.
        private var filter = [Bool](repeating: false, count: 1 << 16)

        init(_ contents: [String: [UInt8]]) {
            for (what, bytes) in contents {
                for from in stride(from: 0, through: bytes.count - piece, by: piece) {
                    let start = bytes[from..<(from + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                    byStart[start, default: []].append((what, bytes[from..<(from + piece)]))
                    filter[Int(truncatingIfNeeded: start & 0xFFFF)] = true
                }
            }
        }

        func count(in room: UnsafeRawBufferPointer, into found: inout [String: Int]) {
            guard !byStart.isEmpty else { return }
            for from in stride(from: 0, through: room.count - piece, by: piece) {
                let start = UInt64(littleEndian: room.loadUnaligned(fromByteOffset: from, as: UInt64.self))
                guard filter[Int(truncatingIfNeeded: start & 0xFFFF)], let candidates = byStart[start] else { continue }
                for (what, bytes) in candidates where room[from..<(from + piece)].elementsEqual(bytes) {
                    found[what, default: 0] += 1
                }
            }
        }
    }
}
