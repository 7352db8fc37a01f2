import Foundation
import Glibc
import Licensing
import TestKit
import Testing

@testable import VaultStore

/// The state directory: whose it is, what it refuses, and that one process has it at a time.
@Suite struct StoreDirectoryTests {
    @Test func makesAPrivateDirectory() throws {
        let scratch = try Scratch()
        _ = try StoreDirectory(path: scratch.path("store"), creation: .ifMissing)
        var found = stat()
        #expect(stat(scratch.path("store"), &found) == 0)
        #expect(found.st_mode & 0o7777 == 0o700)
        #expect(stat(scratch.path("store/lock"), &found) == 0)
        #expect(found.st_mode & 0o7777 == 0o600)
    }

    @Test func aMissingOneIsNotMadeUnasked() throws {
        let scratch = try Scratch()
        #expect(throws: LicenceError(.storeMissing, [.path: scratch.path("store")])) {
            try StoreDirectory(path: scratch.path("store"), creation: .never)
        }
        #expect(access(scratch.path("store"), F_OK) != 0)
    }

    @Test func oneThatIsThereIsNotTakenForANewOne() throws {
        let scratch = try Scratch()
        try scratch.run("mkdir", "-m", "0700", "store")
        #expect(throws: LicenceError(.storeExists, [.path: scratch.path("store")])) {
            try StoreDirectory(path: scratch.path("store"), creation: .always)
        }
    }

    @Test func aSecondOpenerLearnsWhoHasIt() throws {
        let scratch = try Scratch()
        let first = try StoreDirectory(path: scratch.path("store"), creation: .always)
        #expect(throws: LicenceError(.storeInUse, [.path: scratch.path("store"), .pid: "\(getpid())"])) {
            try StoreDirectory(path: scratch.path("store"), creation: .never)
        }
        withExtendedLifetime(first) {}
    }

    @Test func itIsFreeAgainWhenTheFirstGoes() throws {
        let scratch = try Scratch()
        do { _ = try StoreDirectory(path: scratch.path("store"), creation: .always) }
        _ = try StoreDirectory(path: scratch.path("store"), creation: .never)
    }

    /// A child that shares the open file, as one has it between its making and its own program, does not keep the lock.
    @Test func itIsFreeAgainThoughItsDescriptorLivesOn() throws {
        let scratch = try Scratch()
        let shared: Int32
        do {
            let first = try StoreDirectory(path: scratch.path("store"), creation: .always)
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init)
            let lock = try #require(
                open.first {
                    let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
                    return target == scratch.path("store/lock")
                })
            shared = dup(lock)
            withExtendedLifetime(first) {}
        }
        defer { close(shared) }
        _ = try StoreDirectory(path: scratch.path("store"), creation: .never)
    }

    @Test func aDirectoryOpenToOthersIsRefused() throws {
        let scratch = try Scratch()
        try scratch.run("mkdir", "-m", "0750", "store")
        let error = #expect(throws: LicenceError.self) {
            try StoreDirectory(path: scratch.path("store"), creation: .ifMissing)
        }
        #expect(error?.code == .storeUnsafe)
        #expect(error?.message.contains("0700") == true)
    }

    @Test(.needs(.root, "only the administrator gives a directory away") { geteuid() == 0 })
    func somebodyElsesDirectoryIsRefused() throws {
        let scratch = try Scratch()
        try scratch.run("mkdir", "-m", "0700", "store")
        try scratch.run("chown", "12345", "store")
        let error = #expect(throws: LicenceError.self) {
            try StoreDirectory(path: scratch.path("store"), creation: .ifMissing)
        }
        #expect(error?.code == .storeUnsafe)
        #expect(error?.message.contains("12345") == true)
    }

    enum Planted: String, CaseIterable { case link, pipe, directory, hardLink }

    @Test(arguments: Planted.allCases) func nothingPlantedUnderAFilesNameIsFollowed(planted: Planted) throws {
        for name in ["lock", "store.sqlite"] {
            let scratch = try Scratch()
            try scratch.run("mkdir", "-m", "0700", "store")
            try scratch.run("sh", "-c", "echo mine > victim")
            let path = scratch.path("store/\(name)")
            switch planted {
            case .link: try scratch.run("ln", "-s", scratch.path("victim"), path)
            case .pipe: try scratch.run("mkfifo", path)
            case .directory: try scratch.run("mkdir", path)
            case .hardLink: try scratch.run("ln", scratch.path("victim"), path)
            }
            let error = #expect(throws: LicenceError.self) {
                _ = try StoreDirectory(path: scratch.path("store"), creation: .never).size(of: name)
            }
            #expect(error?.code == .storeUnsafe)
            #expect(error?.message.contains(path) == true)
            #expect(try String(contentsOfFile: scratch.path("victim"), encoding: .utf8) == "mine\n")
        }
    }

    @Test func aLinkOrAFileInPlaceOfTheDirectoryIsRefused() throws {
        let scratch = try Scratch()
        try scratch.run("mkdir", "-m", "0700", "real")
        try scratch.run("ln", "-s", scratch.path("real"), "link")
        try scratch.run("touch", "file")
        try scratch.run("mkfifo", "pipe")
        for name in ["link", "file", "pipe"] {
            let error = #expect(throws: LicenceError.self) {
                try StoreDirectory(path: scratch.path(name), creation: .ifMissing)
            }
            #expect(error?.code == .storeUnsafe, "\(name)")
        }
        #expect(access(scratch.path("real/lock"), F_OK) != 0)
    }

    @Test func fileSystemsThatGiveNoPlaceOfTheirOwnAreNamed() {
        let refused: [(UInt64, String)] = [
            (0x794C_7630, "overlayfs"), (0x6573_5546, "fuse"), (0x0102_1997, "9p"), (0x6969, "nfs"),
            (0xFF53_4D42, "smb"), (0x4D44, "fat"), (0x2011_BAB0, "exfat"),
        ]
        for (magic, name) in refused {
            #expect(FileSystemKind(magic: magic).name == name)
            #expect(!FileSystemKind(magic: magic).holdsStores)
        }
        for magic: UInt64 in [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x1234_5678] {
            #expect(FileSystemKind(magic: magic).holdsStores)
        }
    }

    @Test(.needs(.overlay, "only the administrator mounts one, where the kernel has them") { Scratch.mountsOverlays })
    func anOverlayIsRefusedByName() throws {
        let scratch = try Scratch(in: "/dev/shm")
        try scratch.run("mkdir", "lower", "upper", "work", "merged")
        let options =
            "lowerdir=\(scratch.path("lower")),upperdir=\(scratch.path("upper")),workdir=\(scratch.path("work"))"
        try scratch.run("mount", "-t", "overlay", "overlay", "-o", options, scratch.path("merged"))
        defer { try? scratch.run("umount", scratch.path("merged")) }
        let error = #expect(throws: LicenceError.self) {
            try StoreDirectory(path: scratch.path("merged/store"), creation: .ifMissing)
        }
        #expect(error?.code == .fileSystemRefused)
        #expect(error?.message.contains("overlayfs") == true)
    }
}

extension Scratch {
    /// Whether this machine lets the test mount an overlay.
    static let mountsOverlays: Bool = {
        guard let scratch = try? Scratch(in: "/dev/shm") else { return false }
        do {
            try scratch.run("mkdir", "l", "u", "w", "m")
            try scratch.run("mount", "-t", "overlay", "overlay", "-o", "lowerdir=l,upperdir=u,workdir=w", "m")
            try scratch.run("umount", "m")
            return true
        } catch {
            return false
        }
    }()
}
