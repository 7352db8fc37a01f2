import Foundation
import Glibc
import Licensing
import Testing

@testable import VaultStore

/// The anchor's table: what opens, what stays shut, what is refused. Each row on the ordinary disk and in memory.
@Suite struct PlaceAnchorTests {
    static let machine = MachineIdentity("0123456789abcdef0123456789abcdef")

    /// A store directory with one anchor and what a database would know of it.
    struct Fixture {
        let scratch: Scratch
        var store: String { scratch.path("store") }
        let record: AnchorRecord
        let probe: [UInt8]

        static let place = StoreKey.Place(table: "test", column: "secret", row: [1])

        init(in place: String) throws {
            scratch = try Scratch(in: place)
            let directory = try StoreDirectory(path: scratch.path("store"), creation: .always)
            let anchor = try PlaceAnchor(creatingIn: directory.descriptor, machine: machine)
            let key = anchor.storeKey
            record = try anchor.record(wrapping: key)
            probe = try #require(key.seal(Secret([1, 2, 3]), for: Self.place))
        }

        var anchorPath: String { "\(store)/\(record.name.directory)" }
        var keyPath: String { "\(anchorPath)/key" }

        /// Whether the anchor opens what was sealed, in `store` or a copy of it.
        func opens(at path: String? = nil, on machine: MachineIdentity? = machine) throws -> Bool {
            let directory = try StoreDirectory(path: path ?? store, creation: .never)
            do {
                let anchor = try PlaceAnchor(opening: record, in: directory.descriptor, machine: machine)
                return anchor.storeKey.open(probe, from: Self.place) == Secret([1, 2, 3])
            } catch {
                if case .failed(let failure) = error { throw failure }
                return false
            }
        }

        func refusal(on machine: MachineIdentity? = machine) throws -> PlaceAnchor.Refusal? {
            let directory = try StoreDirectory(path: store, creation: .never)
            do {
                _ = try PlaceAnchor(opening: record, in: directory.descriptor, machine: machine)
                return nil
            } catch {
                return error
            }
        }

        /// What a release does to the old anchor.
        func destroy() throws -> PlaceAnchor.Destruction {
            let directory = try StoreDirectory(path: store, creation: .never)
            return try PlaceAnchor(opening: record, in: directory.descriptor, machine: machine)
                .destroy(in: directory.descriptor)
        }
    }

    @Test(arguments: Scratch.places) func opensWhereItWasMade(place: String) throws {
        #expect(try Fixture(in: place).opens())
    }

    @Test(arguments: Scratch.places) func survivesWhatAnAdministratorDoes(place: String) throws {
        let fixture = try Fixture(in: place)
        try fixture.scratch.run("chmod", "0750", fixture.anchorPath)
        try fixture.scratch.run("touch", fixture.anchorPath, fixture.keyPath)
        try fixture.scratch.run("chmod", "0640", fixture.keyPath)
        if Scratch.has("python3") {
            try fixture.scratch.setAttributes(below: fixture.anchorPath)
        }
        #expect(try fixture.opens())
        try fixture.scratch.run("mv", "store", "elsewhere")
        #expect(try fixture.opens(at: fixture.scratch.path("elsewhere")))
        try fixture.scratch.run("mkdir", "deeper")
        try fixture.scratch.run("mv", "elsewhere", "deeper/store")
        #expect(try fixture.opens(at: fixture.scratch.path("deeper/store")))
    }

    enum Copier: String, CaseIterable {
        case copy, tar, rsync

        var isThere: Bool { self != .rsync || Scratch.has("rsync") }

        func copy(_ from: String, to: String, in scratch: Scratch) throws {
            try scratch.run("mkdir", "-p", "-m", "0700", to)
            switch self {
            case .copy: try scratch.run("cp", "-a", "\(from)/.", to)
            case .tar: try scratch.run("sh", "-c", "tar -C \(from) -cf - . | tar -C \(to) --same-permissions -xf -")
            case .rsync: try scratch.run("rsync", "-aHAX", "\(from)/", "\(to)/")
            }
        }
    }

    @Test(arguments: Scratch.places, Copier.allCases.filter(\.isThere))
    func aCopyStaysShut(place: String, copier: Copier) throws {
        let fixture = try Fixture(in: place)
        try copier.copy("store", to: "copy", in: fixture.scratch)
        #expect(try fixture.opens(at: fixture.scratch.path("copy")) == false)
        #expect(try fixture.opens())
    }

    @Test(arguments: Scratch.places, Copier.allCases.filter(\.isThere))
    func aBackupWrittenBackOverTheOriginalAfterAReleaseStaysShut(place: String, copier: Copier) throws {
        let fixture = try Fixture(in: place)
        try copier.copy("store", to: "backup", in: fixture.scratch)
        #expect(try fixture.destroy() == .done)
        try copier.copy("backup", to: "store", in: fixture.scratch)
        #expect(access(fixture.keyPath, R_OK) == 0)
        #expect(try fixture.opens() == false)
    }

    @Test(arguments: Scratch.places) func contentsWrittenBackIntoADirectoryMadeAgainStayShut(place: String) throws {
        let fixture = try Fixture(in: place)
        try fixture.scratch.run("cp", fixture.keyPath, "key")
        #expect(try fixture.destroy() == .done)
        // The file system likes to give the freed inode number again; the generation or birth time then tells.
        for _ in 0..<20 {
            try fixture.scratch.run("mkdir", "-m", "0700", fixture.anchorPath)
            try fixture.scratch.run("cp", "key", fixture.keyPath)
            #expect(try fixture.opens() == false)
            try fixture.scratch.run("rm", "-r", fixture.anchorPath)
        }
    }

    @Test(arguments: Scratch.places) func anotherMachineStaysShutAndIsNamed(place: String) throws {
        let fixture = try Fixture(in: place)
        let other = MachineIdentity("fedcba9876543210fedcba9876543210")
        #expect(try fixture.opens(on: other) == false)
        #expect(try fixture.refusal(on: other) == .differs([.machine]))
    }

    @Test(arguments: Scratch.places) func aReplacedDirectoryIsNamedByItsFactors(place: String) throws {
        let fixture = try Fixture(in: place)
        try fixture.scratch.run("cp", "-a", fixture.anchorPath, "\(fixture.store)/other")
        try fixture.scratch.run("rm", "-r", fixture.anchorPath)
        try fixture.scratch.run("mv", "\(fixture.store)/other", fixture.anchorPath)
        guard case .differs(let factors) = try fixture.refusal() else {
            Issue.record("opened")
            return
        }
        #expect(!factors.contains(.machine))
        #expect(factors.contains(.inode))
        #expect(factors.contains(.fileHandle))
    }

    @Test(arguments: Scratch.places) func oneChangedByteOfTheFileStaysShut(place: String) throws {
        let fixture = try Fixture(in: place)
        let file = try #require(FileHandle(forUpdatingAtPath: fixture.keyPath))
        try file.seek(toOffset: 40_000)
        let byte = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: 40_000)
        try file.write(contentsOf: Data([byte ^ 1]))
        #expect(try fixture.refusal() == .differs([]))
        try file.seek(toOffset: 40_000)
        try file.write(contentsOf: Data([byte]))
        #expect(try fixture.opens())
        try file.seekToEnd()
        try file.write(contentsOf: Data([0]))
        #expect(try fixture.refusal() == .differs([]))
        try file.truncate(atOffset: 1000)
        #expect(try fixture.refusal() == .differs([]))
    }

    @Test(arguments: Scratch.places) func aHardLinkIsSeenBeforeAReleaseAndAfter(place: String) throws {
        let fixture = try Fixture(in: place)
        try fixture.scratch.run("ln", fixture.keyPath, "\(fixture.store)/kept")
        do {
            let directory = try StoreDirectory(path: fixture.store, creation: .never)
            let anchor = try PlaceAnchor(
                opening: fixture.record, in: directory.descriptor, machine: Self.machine)
            #expect(try anchor.isDestructible() == false)
        }
        #expect(try fixture.destroy() == .keptFile)
    }

    @Test(arguments: Scratch.places) func aFileAddedToTheAnchorIsSeenBeforeAReleaseAndAfter(place: String) throws {
        let fixture = try Fixture(in: place)
        try fixture.scratch.run("touch", "\(fixture.anchorPath)/mine")
        do {
            let directory = try StoreDirectory(path: fixture.store, creation: .never)
            let anchor = try PlaceAnchor(
                opening: fixture.record, in: directory.descriptor, machine: Self.machine)
            #expect(try anchor.isDestructible() == false)
        }
        #expect(try fixture.destroy() == .keptDirectory)
        #expect(access("\(fixture.anchorPath)/mine", F_OK) == 0)
    }

    @Test(arguments: Scratch.places) func anAnchorMovedAsideWhileItIsHeldIsKeptByName(place: String) throws {
        let fixture = try Fixture(in: place)
        let directory = try StoreDirectory(path: fixture.store, creation: .never)
        let anchor = try PlaceAnchor(opening: fixture.record, in: directory.descriptor, machine: Self.machine)
        #expect(try anchor.isDestructible())
        try fixture.scratch.run("mv", fixture.anchorPath, "aside")
        #expect(try anchor.destroy(in: directory.descriptor) == .keptDirectory)
        // What was moved aside lost its contents nevertheless.
        #expect(access(fixture.scratch.path("aside/key"), F_OK) != 0)
        // Put back under its name, it is found and destroyed.
        try fixture.scratch.run("mv", "aside", fixture.anchorPath)
        #expect(
            try PlaceAnchor.destroyReplaced(fixture.record, in: directory.descriptor, machine: Self.machine) == .done)
        #expect(access(fixture.anchorPath, F_OK) != 0)
    }

    @Test(arguments: Scratch.places) func theOverwrittenFileHoldsNothingOfTheOld(place: String) throws {
        let fixture = try Fixture(in: place)
        let before = try Data(contentsOf: URL(fileURLWithPath: fixture.keyPath))
        let held = try #require(FileHandle(forReadingAtPath: fixture.keyPath))
        #expect(try fixture.destroy() == .done)
        let after = try #require(try held.readToEnd())
        #expect(after.count == before.count)
        #expect(zip(before, after).count { $0 == $1 } < before.count / 64)
    }

    @Test(arguments: Scratch.places) func destructionGoesOnFromEveryPlaceItCanStop(place: String) throws {
        for step in ["nothing", "overwritten", "unlinked", "removed"] {
            let fixture = try Fixture(in: place)
            switch step {
            case "overwritten":
                try fixture.scratch.run("dd", "if=/dev/zero", "of=\(fixture.keyPath)", "bs=64k", "count=1")
            case "unlinked": try fixture.scratch.run("rm", fixture.keyPath)
            case "removed": try fixture.scratch.run("rm", "-r", fixture.anchorPath)
            default: break
            }
            let directory = try StoreDirectory(path: fixture.store, creation: .never)
            #expect(
                try PlaceAnchor.destroyReplaced(fixture.record, in: directory.descriptor, machine: Self.machine)
                    == (step == "removed" ? .absent : .done),
                "\(step)")
            #expect(access(fixture.anchorPath, F_OK) != 0)
        }
    }

    @Test(arguments: Scratch.places) func anotherDirectoryUnderTheOldNameIsNotTakenForTheAnchor(place: String) throws {
        let fixture = try Fixture(in: place)
        try fixture.scratch.run("mv", fixture.anchorPath, "aside")
        try fixture.scratch.run("cp", "-a", "aside", fixture.anchorPath)
        let directory = try StoreDirectory(path: fixture.store, creation: .never)
        #expect(
            try PlaceAnchor.destroyReplaced(fixture.record, in: directory.descriptor, machine: Self.machine) == .absent)
        #expect(access(fixture.keyPath, F_OK) == 0)
    }

    /// Overwriting it would make the anchor in use unreadable, or a person's file.
    @Test(arguments: Scratch.places) func theFileOfAStrayIsNotOverwrittenWhereItHasASecondName(place: String) throws {
        let fixture = try Fixture(in: place)
        try fixture.scratch.run("mkdir", "\(fixture.store)/anchor.stray")
        try fixture.scratch.run("ln", fixture.keyPath, "\(fixture.store)/anchor.stray/key")
        do {
            let directory = try StoreDirectory(path: fixture.store, creation: .never)
            #expect(try PlaceAnchor.removeStrays(except: [fixture.record.name], in: directory.descriptor) == [])
        }
        #expect(access("\(fixture.store)/anchor.stray", F_OK) != 0)
        #expect(try fixture.opens())
    }

    @Test(arguments: Scratch.places) func strayAnchorsGoAndStrangeOnesStay(place: String) throws {
        let fixture = try Fixture(in: place)
        let directory = try StoreDirectory(path: fixture.store, creation: .never)
        let stray = try PlaceAnchor(creatingIn: directory.descriptor, machine: Self.machine)
        try fixture.scratch.run("mkdir", "\(fixture.store)/anchor.empty", "\(fixture.store)/anchor.full")
        try fixture.scratch.run("touch", "\(fixture.store)/anchor.full/photograph", "\(fixture.store)/anchor.file")
        try fixture.scratch.run("ln", "-s", fixture.anchorPath, "\(fixture.store)/anchor.link")
        let left = try PlaceAnchor.removeStrays(except: [fixture.record.name], in: directory.descriptor)
        #expect(left == ["anchor.file", "anchor.full", "anchor.link"])
        #expect(access("\(fixture.store)/\(stray.record.name.directory)", F_OK) != 0)
        #expect(access("\(fixture.store)/anchor.empty", F_OK) != 0)
        #expect(access("\(fixture.store)/anchor.full/photograph", F_OK) == 0)
        #expect(access(fixture.keyPath, F_OK) == 0)
    }

    enum Planted: String, CaseIterable { case link, pipe, directory, file }

    @Test(arguments: Planted.allCases) func nothingPlantedIsFollowed(planted: Planted) throws {
        for target in ["anchor", "key"] {
            let fixture = try Fixture(in: "/tmp")
            let path = target == "key" ? fixture.keyPath : fixture.anchorPath
            try fixture.scratch.run("mv", path, "aside")
            switch planted {
            case .link: try fixture.scratch.run("ln", "-s", fixture.scratch.path("aside"), path)
            case .pipe: try fixture.scratch.run("mkfifo", path)
            case .directory: try fixture.scratch.run("mkdir", path)
            case .file: try fixture.scratch.run("touch", path)
            }
            #expect(try fixture.opens() == false)
        }
    }

    @Test func aRecordSurvivesItsEncoding() throws {
        let fixture = try Fixture(in: "/tmp")
        let encoded = fixture.record.encoded
        #expect(try AnchorRecord(decoding: encoded) == fixture.record)
        for length in 0..<encoded.count {
            #expect(throws: AnchorRecord.Unreadable.self) { try AnchorRecord(decoding: Array(encoded.prefix(length))) }
        }
        #expect(throws: AnchorRecord.Unreadable.malformed) { try AnchorRecord(decoding: encoded + [0]) }
        #expect(throws: AnchorRecord.Unreadable.tooNew) { try AnchorRecord(decoding: [2] + encoded.dropFirst()) }
        var strange = encoded
        strange[1 + 16 + 16 + 1] = 99
        #expect(throws: AnchorRecord.Unreadable.tooNew) { try AnchorRecord(decoding: strange) }
    }

    @Test func everyChangedBitOfARecordStaysShut() throws {
        let fixture = try Fixture(in: "/tmp")
        let directory = try StoreDirectory(path: fixture.store, creation: .never)
        let encoded = fixture.record.encoded
        for index in encoded.indices {
            for bit in 0..<8 {
                var changed = encoded
                changed[index] ^= 1 << bit
                guard let record = try? AnchorRecord(decoding: changed) else { continue }
                let opened = try? PlaceAnchor(opening: record, in: directory.descriptor, machine: Self.machine)
                #expect(opened == nil, "byte \(index) bit \(bit)")
            }
        }
    }

    @Test func factorsThatTheKernelLearnsLaterLockNobodyOut() throws {
        let scratch = try Scratch()
        let directory = try StoreDirectory(path: scratch.path("store"), creation: .always)
        let full = try PlaceAnchor(creatingIn: directory.descriptor, machine: Self.machine)
        let identity = try AnchorIdentity(of: full.directory, on: Self.machine)
        #expect(Set(identity.values.keys).isSuperset(of: [.machine, .inode]))
        let less = AnchorIdentity(values: identity.values.filter { [.machine, .inode].contains($0.key) })
        let record = AnchorRecord(name: full.record.name, salt: full.record.salt, identity: less)
        #expect(record.factors.map(\.factor) == [.machine, .inode])
        #expect(record.differences(from: identity).isEmpty)
        #expect(
            full.record.differences(from: less)
                == [.generation, .birthTime, .fileHandle].filter { identity.values[$0] != nil })
    }

    @Test func tellsWhatAFileSystemDoesNotGive() {
        let full = AnchorProtection(fileSystem: .ext, factors: AnchorFactor.allCases)
        #expect(full.gaps.isEmpty)
        let old = AnchorProtection(fileSystem: .ext, factors: [.machine, .inode, .generation, .fileHandle])
        #expect(old.missing == [.birthTime])
        #expect(
            old.gaps == [
                "ext4 gives no birth time here: only the inode generation and the file handle can tell a directory from an "
                    + "earlier one"
            ])
        let memory = AnchorProtection(fileSystem: .tmpfs, factors: [.machine, .inode, .birthTime, .fileHandle])
        #expect(memory.gaps.count == 2)
        #expect(memory.gaps.first?.hasPrefix("tmpfs gives no inode generation here") == true)
        let weak = AnchorProtection(fileSystem: .other(1), factors: [.machine, .inode])
        #expect(weak.gaps.first?.contains("only by its number") == true)
        let nowhere = AnchorProtection(fileSystem: .ext, factors: AnchorFactor.allCases.filter { $0 != .machine })
        #expect(nowhere.gaps == ["the store is bound to no machine id: with its disk it opens on any machine"])
    }
}
