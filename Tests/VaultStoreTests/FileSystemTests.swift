import Foundation
import Glibc
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import VaultStore

/// What copies, backups and an administrator's everyday do to a store, at each moment of a transfer and on each file
/// system there is (`make places` brings ext4, xfs and btrfs).
@Suite struct FileSystemTests {
    typealias Moment = TransferScene.Moment

    @Test(arguments: Scratch.places, Moment.allCases)
    func everyCopyIsLockedAndTheOriginalGoesOn(place: String, moment: Moment) throws {
        for copier in Copier.allCases where copier.works(at: place) {
            let scene = try TransferScene(in: place, at: moment)
            try copier.copy(scene.store, to: "copy", in: scene.bench.scratch)
            if copier == .hardLinks {
                // A database with two names is not opened under either, for SQLite's journal goes by the name.
                #expect(try scene.isUsable("copy") == false)
                try scene.bench.scratch.run("rm", "-r", "copy")
            } else {
                try scene.expectLocked("copy", copier)
            }
            #expect(try scene.isUsable(scene.store), "\(copier)")
            try scene.finish(scene.store)
        }
    }

    /// The ways to make a backup that are tried: all of them, or the two that differ most.
    private func copiers(at place: String, all: Bool) -> [Copier] {
        (all ? Copier.backups : [.archive, .backup]).filter { $0.works(at: place) }
    }

    /// A backup over the store as it is since it gave up what the backup has: a key, or the right to activate one.
    @Test(arguments: Scratch.places, Moment.allCases)
    func everyBackupWrittenBackInPlaceIsLocked(place: String, moment: Moment) throws {
        for copier in copiers(at: place, all: moment == .held || moment == .open) {
            let scene = try TransferScene(in: place, at: moment)
            try copier.copy(scene.store, to: "backup", in: scene.bench.scratch)
            try scene.giveUp()
            try copier.copy("backup", to: scene.store, in: scene.bench.scratch)
            try scene.expectLocked(scene.store, copier)
        }
    }

    /// Somebody who keeps the anchor's file could bring the store back as it is: nothing may leave, while all else goes on.
    @Test(arguments: Scratch.places, Moment.allCases)
    func whileTheAnchorHasASecondNameNothingLeaves(place: String, moment: Moment) throws {
        let scene = try TransferScene(in: place, at: moment)
        let bench = scene.bench
        let (_, request) = try bench.request(
            try scene.staying, from: try bench.open(scene.store), at: try bench.open(scene.other))
        let anchor = try #require(try bench.anchors(scene.store).first)
        try bench.scratch.run("ln", "\(scene.store)/\(anchor)/key", "second name")
        var steps = [TransferStep.release(request)]
        let asked = try bench.open("target").transfers().filter { $0.standing == .target(.open) }
        switch moment {
        case .held:
            let (_, code) = try bench.request(scene.key, from: try bench.open("source"), at: try bench.open("target"))
            steps.append(.release(code))
        case .open: steps.append(.decline(try #require(asked.first).identifier))
        case .released, .declined: break
        }
        // The second time it was opened with the second name already there.
        for _ in 0..<2 {
            let vault = try bench.open(scene.store)
            let before = try VaultSnapshot(vault)
            for step in steps {
                let error = #expect(throws: LicenceError.self) { try bench.perform(step, vault) }
                #expect(error?.code == .anchorKept)
            }
            #expect(try VaultSnapshot(vault) == before)
        }
        #expect(try bench.anchors(scene.store) == [anchor])
        #expect(try scene.isUsable(scene.store))
        try bench.scratch.run("rm", "second name")
        try scene.finish(scene.store)
        try bench.perform(.release(request), try bench.open(scene.store))
        let now = try bench.anchors(scene.store)
        #expect(now.count == 1)
        #expect(now != [anchor])
    }

    @Test(arguments: Scratch.places, Moment.allCases)
    func whatAnAdministratorDoesLocksNothing(place: String, moment: Moment) throws {
        let scene = try TransferScene(in: place, at: moment)
        let scratch = scene.bench.scratch
        try scratch.run("mv", scene.store, "moved")
        #expect(try scene.isUsable("moved"))
        try scratch.run("mv", "moved", scene.store)
        try scratch.run("touch", scene.store)
        #expect(try scene.isUsable(scene.store))
        try scratch.run("sh", "-c", "chmod -R u-w '\(scene.store)' && chmod -R u+w '\(scene.store)'")
        #expect(try scene.isUsable(scene.store))
        if geteuid() == 0 {
            try scratch.run("chown", "-R", "4242:4242", scene.store)
            try scratch.run("chown", "-R", "0:0", scene.store)
            #expect(try scene.isUsable(scene.store))
        }
        if Scratch.has("python3") {
            try scratch.setAttributes(below: scene.store)
            #expect(try scene.isUsable(scene.store))
        }
        if let volume = Volume(of: place) {
            try volume.defragment(scratch.path)
            #expect(try scene.isUsable(scene.store), "after it was defragmented")
            try volume.mountAnew()
            #expect(try scene.isUsable(scene.store), "after it was mounted anew")
        }
        try scene.finish(scene.store)
    }

    /// What is done to the whole file system, while nobody uses the store.
    @Test(.enabled(if: !Scratch.volumes.isEmpty, "make places"), arguments: Scratch.volumes)
    func theUpkeepOfItsFileSystemLocksNothing(place: String) throws {
        let volume = try #require(Volume(of: place))
        let scenes = try Moment.allCases.map { ($0, try TransferScene(in: place, at: $0)) }
        for (name, work) in volume.upkeep {
            try work()
            for (moment, scene) in scenes {
                #expect(try scene.isUsable(scene.store), "\(moment) after \(name)")
            }
        }
        let elsewhere = try Scratch()
        try volume.bound(to: elsewhere.path("bound")) {
            for (moment, scene) in scenes {
                let folder = scene.bench.scratch.path.split(separator: "/").last ?? ""
                let path = elsewhere.path("bound/\(folder)/\(scene.store)")
                let reason = try scene.bench.open(at: path, creation: .never).status().lockedReason
                #expect(reason == nil, "\(moment)")
            }
        }
        for (_, scene) in scenes { try scene.finish(scene.store) }
    }

    /// A snapshot of a file system that makes them by itself, and what it sends elsewhere, is a copy.
    @Test(.enabled(if: !Scratch.snapshots.isEmpty, "make places"), arguments: Scratch.snapshots)
    func aSnapshotIsLocked(place: String) throws {
        let volume = try #require(Volume(of: place))
        let scene = try TransferScene(in: place, at: .held)
        let (snapshot, folder) = ("\(place)/snapshot", scene.bench.scratch.path.split(separator: "/").last ?? "")
        try volume.snapshot(at: snapshot)
        defer { try? volume.forgetSnapshot(at: snapshot) }
        for copy in [snapshot, "\(snapshot).sent/snapshot"] {
            let path = "\(copy)/\(folder)/\(scene.store)"
            #expect(FileManager.default.fileExists(atPath: "\(path)/vault.sqlite"))
            // What was received can't be written at all, so that not even its lock can be had.
            let vault = try? scene.bench.open(at: path, creation: .never)
            #expect(try vault.map { try $0.status().lockedReason != nil } ?? true, "\(copy)")
        }
        #expect(try scene.isUsable(scene.store))
    }

    /// With neither a release nor a decline since, no key has left that a backup could double: it opens, as it was then,
    /// and what is done next with it ends with the key in one place.
    @Test(arguments: Scratch.places, Moment.allCases)
    func aBackupWithNothingGivenUpSinceWrittenBackInPlaceOpensAsItWas(place: String, moment: Moment) throws {
        for copier in copiers(at: place, all: moment == .held) {
            let scene = try TransferScene(in: place, at: moment)
            let bench = scene.bench
            let before = try VaultSnapshot(try bench.open(scene.store))
            try copier.copy(scene.store, to: "backup", in: bench.scratch)
            try scene.goOn()
            #expect(try VaultSnapshot(try bench.open(scene.store)) != before, "\(copier)")
            try copier.copy("backup", to: scene.store, in: bench.scratch)
            do {
                let store = try bench.open(scene.store)
                #expect(try store.status().lockedReason == nil, "\(copier)")
                #expect(try VaultSnapshot(store) == before, "\(copier)")
            }
            #expect(try scene.isUsable(scene.store), "\(copier)")
            try scene.finish(scene.store)
        }
    }

    /// The limit that is stated: an image of the whole disk from before the release, put back, holds the key again, beside
    /// the target that has it. Nothing in files can tell. Should this test fail, the limit is gone, or was never this one.
    @Test(.enabled(if: !Scratch.volumes.isEmpty, "make places"), arguments: Scratch.volumes)
    func theWholeDiskPutBackHoldsTheKeyAgain(place: String) throws {
        let volume = try #require(Volume(of: place))
        let (bench, elsewhere) = (try Workbench(in: place), try Workbench())
        let key: TestKey
        let request: RequestCode
        let target = try elsewhere.open("target")
        do {
            let source = try bench.open("source")
            key = try bench.mint("first", into: source)
            (_, request) = try bench.request(key, from: source, at: target)
        }
        try volume.save(to: elsewhere.scratch.path("image"))
        do {
            let source = try bench.open("source")
            let activation = try bench.perform(.release(request), source).activationCode
            try elsewhere.perform(.activate(activation), target)
            #expect(try source.keys().isEmpty)
        }
        try volume.restore(from: elsewhere.scratch.path("image"))
        let source = try bench.open("source")
        #expect(try source.status().lockedReason == nil)
        #expect(try source.keys().map(\.number) == [key.number])
        #expect(try target.keys().map(\.number) == [key.number])
    }

    @Test(arguments: Scratch.places, Moment.allCases)
    func anotherMachineLocksUntilItIsTheOldOneAgain(place: String, moment: Moment) throws {
        let scene = try TransferScene(in: place, at: moment)
        let own = scene.bench.machine
        scene.bench.machine = MachineIdentity("fedcba9876543210fedcba9876543210")
        #expect(try scene.isUsable(scene.store) == false)
        scene.bench.machine = own
        #expect(try scene.isUsable(scene.store))
        try scene.finish(scene.store)
    }

    /// Taken to another file system, a store is a copy like any other.
    @Test(arguments: Scratch.places, Moment.allCases)
    func takenToAnotherFileSystemItIsLocked(place: String, moment: Moment) throws {
        let scene = try TransferScene(in: place, at: moment)
        for other in Scratch.places where other != place {
            let away = try Scratch(in: other)
            try away.run("cp", "-a", scene.bench.scratch.path(scene.store), away.path("store"))
            let vault = try? scene.bench.open(at: away.path("store"), creation: .never)
            #expect(try vault?.status().lockedReason != nil, "\(other)")
        }
    }
}
