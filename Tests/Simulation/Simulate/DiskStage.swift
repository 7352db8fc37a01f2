import CCrashDisk
import Foundation
import Licensing
import SimulationKit
import VaultStore
import Vaults

/// Vaults on disks that crash: real files, real anchors, and a power cut that leaves of what was not synced what it likes.
final class DiskStage: Stage {
    let isOnDisk = true
    private let root: String
    private var disks = 0

    /// Takes over a new directory in `place`, which is best one in memory.
    init(in place: String) throws {
        var template = Array("\(place)/almd-simulation.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard crashdisk_attach(root) == 0 else { throw POSIXError(.EIO) }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func begin(seed: UInt64) { crashdisk_seed(seed) }

    func medium(
        for place: Int, _ location: Location, _ capacity: VaultCapacity, _ random: @escaping RandomBytes
    ) throws -> any Medium {
        let medium = try DiskMedium(self, try makeDisk(), isDongle: location != .local, random)
        try medium.make(location, capacity)
        return medium
    }

    func clear() throws {
        for disk in 0..<disks {
            try FileManager.default.removeItem(atPath: "\(root)/\(disk)")
            crashdisk_settle("\(disk)")
        }
        disks = 0
        guard crashdisk_troubles() == 0 else { throw POSIXError(.ENOMEM) }
    }

    fileprivate func makeDisk() throws -> Int {
        try FileManager.default.createDirectory(
            atPath: path(disks), withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { disks += 1 }
        return disks
    }

    fileprivate func path(_ disk: Int) -> String { "\(root)/\(disk)" }
}

/// One of them.
final class DiskMedium: AnchoredMedium {
    private let stage: DiskStage
    private let disk: Int
    private let isDongle: Bool
    private let random: RandomBytes
    private var tapes: [Int: [String: [UInt8]]] = [:]

    fileprivate init(_ stage: DiskStage, _ disk: Int, isDongle: Bool, _ random: @escaping RandomBytes) throws {
        (self.stage, self.disk, self.isDongle, self.random) = (stage, disk, isDongle, random)
    }

    let isDisk = true

    /// Makes the empty vault; a store's capacity can only be chosen where it is a dongle's.
    fileprivate func make(_ location: Location, _ capacity: VaultCapacity) throws {
        switch location {
        case .local: _ = try SQLiteVault.open(localStoreIn: path, machine: Self.machine, random: random)
        case .usb(let serial):
            _ = try SQLiteVault.make(
                dongle: serial, in: path, capacity: capacity, machine: Self.machine, random: random)
        }
    }

    func open() throws(LicenceError) -> any MintingVault {
        isDongle
            ? try SQLiteVault.open(dongleIn: path, machine: Self.machine, random: random)
            : try SQLiteVault.open(localStoreIn: path, creation: .never, machine: Self.machine, random: random)
    }

    func arm(_ fault: DiskFault) {
        let kind =
            switch fault.kind {
            case .powerCut, .kill: CRASHDISK_DEAD
            case .inputOutputError: CRASHDISK_EIO
            case .noSpace: CRASHDISK_ENOSPC
            case .shortWrite: CRASHDISK_SHORT
            }
        crashdisk_arm("\(disk)", kind, fault.call)
    }

    func disarm() -> Bool { crashdisk_disarm() != 0 }

    func losePower(seed: UInt64) throws {
        let failure = crashdisk_lose_power("\(disk)", seed)
        guard failure == 0 else { throw POSIXError(.init(rawValue: failure) ?? .EIO) }
    }

    func backUp(as tape: Int) throws { tapes[tape] = try files() }

    func contents() throws -> [String: [UInt8]]? {
        var files = try files()
        // It is locked by whoever looks.
        files["lock"] = nil
        if let journal = files.removeValue(forKey: "vault.sqlite-journal"), !journal.isEmpty { return nil }
        return files
    }

    private func files() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path).sorted() {
            guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")) else { continue }
            files[name] = Array(bytes)
        }
        return files
    }

    func restore(_ tape: Int) throws {
        guard let files = tapes[tape] else { return }
        // The journal of another state would be rolled back into what is written: SQLite can't tell, nobody may do that.
        if files["vault.sqlite-journal"] == nil, FileManager.default.fileExists(atPath: "\(path)/vault.sqlite-journal")
        {
            try FileManager.default.removeItem(atPath: "\(path)/vault.sqlite-journal")
        }
        // Every second one is written back by a program that removes what the backup has not.
        if tape % 2 == 0 {
            for name in try FileManager.default.contentsOfDirectory(atPath: path) {
                guard !files.keys.contains(where: { $0 == name || $0.hasPrefix("\(name)/") }) else { continue }
                try FileManager.default.removeItem(atPath: "\(path)/\(name)")
            }
        }
        try write(files)
    }

    func clone(_ tape: Int, at place: Int) throws -> any Medium {
        let copy = try DiskMedium(stage, try stage.makeDisk(), isDongle: isDongle, random)
        try copy.write(tapes[tape] ?? [:])
        return copy
    }

    private func write(_ files: [String: [UInt8]]) throws {
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
            let file = URL(fileURLWithPath: "\(path)/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            // Not by way of a new file: a plain `cp` writes into the one that is there.
            if !FileManager.default.fileExists(atPath: file.path) {
                _ = FileManager.default.createFile(
                    atPath: file.path, contents: nil, attributes: [.posixPermissions: 0o600])
            }
            let handle = try FileHandle(forWritingTo: file)
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: Data(bytes))
            try handle.close()
        }
        crashdisk_settle("\(disk)")
    }

    func moveAnchorAside() throws -> String? {
        let anchors = try anchors()
        guard let anchor = anchors.first, anchors.count == 1 else { return nil }
        try succeed(crashdisk_rename("\(disk)", anchor, "kept.\(anchor)"))
        return anchor
    }

    func hasAnchor() throws -> Bool { try !anchors().isEmpty }

    func bringBack(anchor: String) throws { try succeed(crashdisk_rename("\(disk)", "kept.\(anchor)", anchor)) }

    func delete(anchor: String) throws { try succeed(crashdisk_remove("\(disk)", "kept.\(anchor)")) }

    func vouch(to vault: any MintingVault) throws {
        try (vault as? SQLiteVault)?.forgetKeptAnchor(on: Occasion(now: Timestamp(seconds: 0), user: 0))
    }

    private func anchors() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix("anchor.") }
    }

    private func succeed(_ failure: Int32) throws {
        guard failure == 0 else { throw POSIXError(.init(rawValue: failure) ?? .EIO) }
    }

    private var path: String { stage.path(disk) }
    private static let machine = MachineIdentity("0123456789abcdef0123456789abcdef")
}
