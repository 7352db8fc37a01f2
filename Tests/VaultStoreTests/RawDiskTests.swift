import Crypto
import Foundation
import GRDB
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import VaultStore

/// What is left on the disk below the file system of what a step gave up: in blocks that were freed, and in the file
/// system's own journal (`make places` brings ext4, xfs and btrfs).
///
/// Sealed copies stay there: a rollback journal that SQLite deleted has the pages as they were, and btrfs writes a
/// database's pages elsewhere each time. What opens them is therefore what has to be gone: the replaced anchor's file, which
/// is overwritten where it lies, and everything that follows from it.
@Suite(.enabled(if: !DiskImage.all.isEmpty, "make places")) struct RawDiskTests {
    /// What opens the sealed values of a vault: the anchor's file, and every key on the way from there.
    private struct Opener {
        let file: [UInt8]
        let derived: [String: [UInt8]]

        init(of vault: SQLiteVault) throws {
            guard case .held(let anchor, let key) = vault.hold else { throw LicenceError(.vaultLocked) }
            try self.init(anchor, key, vault.machine)
        }

        init(_ anchor: PlaceAnchor, _ key: StoreKey, _ machine: MachineIdentity?) throws {
            file = try anchor.key.contents(atMost: PlaceAnchor.keySize + 1)
            try #require(file.count == PlaceAnchor.keySize)
            let digest = SHA256.hash(data: file)
            let identity = try AnchorIdentity(of: anchor.directory, on: machine)
            let wrapping = try #require(anchor.record.wrappingKey(contents: digest, identity: identity))
            // A seal that is opened at once: no other way leads to the bytes of a store's key.
            let seal = SymmetricKey(size: .bits256)
            let sealed = try ChaChaPoly.SealedBox(combined: try #require(key.wrapped(under: seal, header: [])))
            derived = [
                "the hash of the anchor's file": Array(digest),
                "the wrapping key": wrapping.withUnsafeBytes { Array($0) },
                "the store key": Array(try ChaChaPoly.open(sealed, using: seal)),
            ]
        }
    }

    @Test(arguments: DiskImage.all) func theSearchSeesWhatWasDeleted(image: DiskImage) throws {
        let scratch = try Scratch(in: image.place)
        let contents = randomBytes(PlaceAnchor.keySize)
        // Across the border of two blocks.
        let string = Array(contents[4080..<4112])
        let search = DiskImage.Search(strings: ["a string": string], contents: ["a file": contents])
        #expect(try image.occurrences(of: search) == ["a string": 0, "a file": 0])
        try Data(contents).write(to: URL(fileURLWithPath: scratch.path("plain")))
        let there = try image.occurrences(of: search)
        try scratch.run("rm", "plain")
        #expect(there == ["a string": 1, "a file": contents.count / DiskImage.piece])
        #expect(try image.occurrences(of: search) == there)
    }

    /// The limit that is stated: where data goes through the file system's journal, what was overwritten stays in that for
    /// a while. Should this test fail, the limit is gone, or was never this one.
    @Test(.enabled(if: !DiskImage.journalled.isEmpty, "make places"), arguments: DiskImage.journalled)
    func aJournalOfDataKeepsTheOldAnchor(image: DiskImage) throws {
        let bench = try Workbench(in: image.place)
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        let key = try bench.mint("first", into: source)
        let (_, request) = try bench.request(key, from: source, at: target)
        let opener = try Opener(of: source)
        try bench.perform(.release(request), source)
        let search = DiskImage.Search(strings: opener.derived, contents: ["the anchor": opener.file])
        let found = try image.occurrences(of: search)
        #expect(try #require(found["the anchor"]) > 0)
        for what in opener.derived.keys { #expect(found[what] == 0, "\(what)") }
    }

    @Test(arguments: DiskImage.all) func whatOpensAKeyThatLeftIsNotOnTheDisk(image: DiskImage) throws {
        let bench = try Workbench(in: image.place)
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        let (leaving, declined) = (try bench.mint("first", into: source), try bench.mint("second", into: source))
        var clear = ["the seed": leaving.seed.secret.bytes, "the other seed": declined.seed.secret.bytes]
        let (first, request) = try bench.request(leaving, from: source, at: target)
        let (second, secondRequest) = try bench.request(declined, from: source, at: target)
        clear["e"] = try target.database.read { try target.contents($0).requestSecret(of: first).bytes }
        clear["the other e"] = try target.database.read { try target.contents($0).requestSecret(of: second).bytes }
        clear["the return key"] = try bench.returnKey(of: leaving, request, from: source)
        clear["the other return key"] = try bench.returnKey(of: declined, secondRequest, from: source)
        // What stands for each in the database, and may stay behind wherever the file system had it.
        let sealed = try [source, target].flatMap { vault in
            try vault.database.read { database in
                try ["SELECT seed FROM held_key", "SELECT request_secret FROM incoming_transfer"].flatMap {
                    try Data.fetchAll(database, sql: $0).map { Array($0) }
                }
            }
        }
        try #require(sealed.count == 4)
        var (searches, copies) = (0, [0])
        func name(_ index: Int) -> String { "sealed value \(index)" }
        /// Reads the whole disk: the anchors of `alive` are there, those of `gone` are not, and no secret is.
        func look(_ moment: String, alive: [String: Opener], gone: [String: Opener]) throws {
            var search = DiskImage.Search(strings: clear)
            for (store, opener) in alive.merging(gone, uniquingKeysWith: { $1 }) {
                search.contents[store] = opener.file
                for (what, bytes) in opener.derived { search.strings["\(what), \(store)"] = bytes }
            }
            let absent = search.strings.keys
            for (index, bytes) in sealed.enumerated() { search.strings[name(index)] = bytes }
            let found = try image.occurrences(of: search)
            copies = sealed.indices.compactMap { found[name($0)] }
            for what in absent { #expect(found[what] == 0, "\(what), \(moment)") }
            for store in gone.keys { #expect(found[store] == 0, "\(store)'s old anchor, \(moment)") }
            // An anchor that is alive is found whole, so that one of which nothing is found is not there.
            let whole = PlaceAnchor.keySize / DiskImage.piece
            for store in alive.keys { #expect(found[store] == whole, "\(store)'s anchor, \(moment)") }
            searches += 1
        }
        let (oldSource, oldTarget) = (try Opener(of: source), try Opener(of: target))
        try look("before", alive: ["source": oldSource, "target": oldTarget], gone: [:])
        #expect(copies.allSatisfy { $0 > 0 })

        let activation = try bench.perform(.release(request), source).activationCode
        clear["escrow"] = try source.database.read { try source.contents($0).escrow(of: first).bytes }
        try look("after the release", alive: ["target": oldTarget], gone: ["source": oldSource])
        // Makes no new anchor: what it erased stays sealed under a key that is there as long as the activated key is.
        try bench.perform(.activate(activation), target)
        try look("after activating", alive: ["target": oldTarget], gone: ["source": oldSource])

        let newSource = try Opener(of: source)
        try bench.perform(.release(secondRequest), source)
        let returned = try bench.perform(.decline(second), target).returnCode
        #expect(clear["the other return key"] == returned.returnKey)
        let all = ["first source": oldSource, "source": newSource, "target": oldTarget]
        try look("after the decline", alive: [:], gone: all)
        let left = "(sealed copies left, which nothing opens: \(copies.reduce(0, +)))"
        print("shown: \(image.testDescription) read whole \(searches) times \(left)")
    }

    /// An anchor that was made for a release which then did not happen had the store's next key wrapped for it, and pages
    /// of that attempt may be on the disk, with what stays in the store sealed under that key.
    @Test(arguments: DiskImage.all) func anAttemptThatWasCutOffLeavesNoAnchorOnTheDisk(image: DiskImage) throws {
        let bench = try Workbench(in: image.place)
        let opener: Opener
        do {
            let source = try bench.open("source")
            let anchor = try PlaceAnchor(creatingIn: source.directory.descriptor, machine: bench.machine)
            opener = try Opener(anchor, anchor.storeKey, bench.machine)
        }
        let search = DiskImage.Search(strings: opener.derived, contents: ["the anchor": opener.file])
        #expect(try image.occurrences(of: search)["the anchor"] == PlaceAnchor.keySize / DiskImage.piece)
        _ = try bench.open("source")
        #expect(try bench.anchors("source").count == 1)
        #expect(try image.occurrences(of: search).values.allSatisfy { $0 == 0 })
    }
}
