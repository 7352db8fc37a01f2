import Foundation
import GRDB
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import VaultStore

/// The vault on disk keeps the same rules as every other.
@Suite struct SQLiteVaultTests {
    /// Makes dongles' vaults in directories of `scratch`, each in another.
    static func factory(_ scratch: Scratch) -> VaultSubject.Factory {
        var made = 0
        return { location, capacity, random in
            guard case .usb(let serial) = location else { throw LicenceError(.noSuchLocation) }
            made += 1
            return VaultSubject(
                try SQLiteVault.make(
                    dongle: serial, in: scratch.path("\(made)-\(serial)"), capacity: capacity,
                    machine: MachineIdentity("0123456789abcdef0123456789abcdef"), random: random))
        }
    }

    @Test(arguments: VaultConformance.all)
    func conforms(_ rule: VaultConformance) throws {
        // In memory, where a sync costs nothing: the same rules on a disk are what other tests look at.
        let scratch = try Scratch(in: Scratch.places.last ?? "/tmp")
        try rule.check(Self.factory(scratch))
    }

    @Test func everythingIsThereAfterOpeningAgain() throws {
        let bench = try Workbench()
        let key: TestKey
        let before: (source: VaultSnapshot, target: VaultSnapshot)
        do {
            let (source, target) = (try bench.open("source"), try bench.open("target"))
            key = try bench.mint("first", into: source)
            for name in ["released", "declined", "active", "offered"] {
                let other = try bench.mint(name, into: source)
                let (transfer, request) = try bench.request(other, from: source, at: target)
                if name == "declined" { try bench.perform(.decline(transfer), target) }
                if name == "released" || name == "active" {
                    let released = try bench.perform(.release(request), source)
                    if name == "active" { try bench.perform(.activate(released.activationCode), target) }
                }
            }
            before = (try VaultSnapshot(source), try VaultSnapshot(target))
        }
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        #expect(try VaultSnapshot(source) == before.source)
        #expect(try VaultSnapshot(target) == before.target)
        #expect(before.source.history.map(\.event).contains(.released))
        #expect(try source.status().lockedReason == nil)
        // What was sealed opens: the key proves itself.
        let answer = try bench.request(key, from: source, at: target)
        #expect(try bench.perform(.release(answer.code), source).code != nil)
    }

    @Test func theMostThatHistoryKeepsIsKept() throws {
        let bench = try Workbench(in: Scratch.places.last ?? "/tmp")
        let vault = try bench.open("store")
        let key = try bench.mint("first", into: vault)
        try vault.database.write { database in
            for _ in 0..<VaultWriter.historyLimit {
                try VaultWriter(database: database, key: .fresh(), path: "").apply(
                    [],
                    history: [
                        HistoryEntry(
                            event: .offered, licence: key.number, transfer: nil,
                            occasion: Occasion(now: Timestamp(seconds: .max), user: .max))
                    ])
            }
        }
        let history = try vault.history()
        #expect(history.count == VaultWriter.historyLimit)
        #expect(history.first?.event == .offered)
        #expect(history.last?.occasion == Occasion(now: Timestamp(seconds: .max), user: .max))
    }

    @Test func aStoreIsMadeOnceAndADongleIsNoStore() throws {
        let bench = try Workbench()
        #expect(throws: LicenceError(.storeMissing, [.path: bench.scratch.path("none")])) {
            try bench.open("none", creation: .never)
        }
        let serial = try #require(SerialNumber("4711"))
        let path = bench.scratch.path("dongle")
        let capacity = VaultCapacity(keys: 3, records: 7)
        do {
            let dongle = try SQLiteVault.make(
                dongle: serial, in: path, capacity: capacity, machine: bench.machine, random: { randomBytes($0) })
            #expect(try dongle.status().location == .usb(serial))
        }
        #expect(throws: LicenceError(.storeExists, [.path: path])) {
            try SQLiteVault.make(dongle: serial, in: path, machine: bench.machine, random: { randomBytes($0) })
        }
        let refusal = #expect(throws: LicenceError.self) { try bench.open("dongle") }
        #expect(refusal?.code == .storeUnsafe)
        let again = try SQLiteVault.open(dongleIn: path, machine: bench.machine, random: { randomBytes($0) })
        #expect(try again.status().capacity == capacity)
        #expect(try again.status().location == .usb(serial))
        _ = try bench.open("local")
        #expect(throws: LicenceError.self) {
            try SQLiteVault.open(
                dongleIn: bench.scratch.path("local"), machine: bench.machine, random: { randomBytes($0) })
        }
    }

    /// A new database would have an anchor of its own, and whatever opens the old one would be taken for a stray.
    @Test(arguments: [true, false], StoreDirectory.Creation.all)
    func aStoreWhoseDatabaseIsLostIsNotMadeAnew(isEmptied: Bool, creation: StoreDirectory.Creation) throws {
        let bench = try Workbench()
        let path = bench.scratch.path("store")
        let key = try bench.mint("first", into: try bench.open("store"))
        try bench.scratch.run("cp", "-p", "\(path)/vault.sqlite", bench.scratch.path("aside"))
        try bench.scratch.run("rm", "\(path)/vault.sqlite")
        if isEmptied { try bench.scratch.run("install", "-m", "0600", "/dev/null", "\(path)/vault.sqlite") }
        let before = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
        let refusal = #expect(throws: LicenceError.self) {
            if creation == .always {
                let serial = try #require(SerialNumber("4711"))
                _ = try SQLiteVault.make(
                    dongle: serial, in: path, machine: bench.machine, random: { randomBytes($0) })
            } else {
                _ = try bench.open("store", creation: creation)
            }
        }
        #expect(refusal?.code == .storeUnsafe)
        #expect(refusal?.message.contains("vault.sqlite is missing or empty, and anchor.") == true)
        #expect(try FileManager.default.subpathsOfDirectory(atPath: path).sorted() == before)
        try bench.scratch.run("cp", "-p", bench.scratch.path("aside"), "\(path)/vault.sqlite")
        let vault = try bench.open("store")
        #expect(try vault.status().lockedReason == nil)
        #expect(try vault.keys().map(\.number) == [key.number])
        #expect(!vault.isNew)
    }

    @Test func aMakingThatWasCutOffAfterItsTablesIsFinished() throws {
        let bench = try Workbench()
        do {
            let directory = try StoreDirectory(path: bench.scratch.path("store"), creation: .always)
            let database = try StoreDatabase("vault.sqlite", in: directory, schema: .vault, isMade: true)
            try database.write { try database.migrate($0) }
            _ = try PlaceAnchor(creatingIn: directory.descriptor, machine: bench.machine)
        }
        #expect(throws: LicenceError(.storeMissing, [.path: bench.scratch.path("store")])) {
            try bench.open("store", creation: .never)
        }
        let vault = try bench.open("store")
        #expect(vault.isNew)
        #expect(try vault.directory.anchors().count == 1)
        _ = try bench.mint("first", into: vault)
        #expect(try vault.keys().count == 1)
    }

    @Test func everyFileOfAStoreIsForItsOwnerAlone() throws {
        let bench = try Workbench()
        let vault = try bench.open("store")
        _ = try DongleMemory(folder: bench.scratch.path("store"))
        func modes() throws -> [String: Int] {
            let root = bench.scratch.path("store")
            return try FileManager.default.subpathsOfDirectory(atPath: root).reduce(into: [:]) { modes, name in
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(root)/\(name)")
                modes[name] = (attributes[.posixPermissions] as? NSNumber)?.intValue
            }
        }
        // Within a transaction, so that the journal is there.
        try vault.database.write { database in
            try database.execute(sql: "UPDATE vault SET wrong_requests = 1")
            let modes = try modes()
            #expect(modes.keys.contains("vault.sqlite-journal"))
            #expect(modes.count == 6)
            for (name, mode) in modes {
                #expect(mode == (name.hasPrefix("anchor.") && !name.hasSuffix("/key") ? 0o700 : 0o600), "\(name)")
            }
        }
    }

    @Test func aPersonsDirectoryIsNotMadeADongle() throws {
        let bench = try Workbench()
        try bench.scratch.run("mkdir", "-m", "0700", "photographs")
        try bench.scratch.run("touch", "photographs/holiday.jpg")
        let path = bench.scratch.path("photographs")
        let serial = try #require(SerialNumber("4711"))
        #expect(throws: LicenceError(.storeExists, [.path: path])) {
            try SQLiteVault.make(dongle: serial, in: path, machine: nil, random: { randomBytes($0) })
        }
        #expect(FileManager.default.fileExists(atPath: "\(path)/vault.sqlite") == false)
    }

    @Test func aSecondOpenerIsRefusedWithThePid() throws {
        let bench = try Workbench()
        let first = try bench.open("store")
        let pid = "\(ProcessInfo.processInfo.processIdentifier)"
        #expect(throws: LicenceError(.storeInUse, [.path: bench.scratch.path("store"), .pid: pid])) {
            try bench.open("store")
        }
        withExtendedLifetime(first) {}
    }

    @Test func aVaultInAMachineWithoutIdentityWorks() throws {
        let bench = try Workbench()
        bench.machine = nil
        do {
            let vault = try bench.open("store")
            #expect(vault.protection?.factors.contains(.machine) == false)
            #expect(try vault.health(isThorough: false).gaps.contains { $0.contains("on any machine") })
        }
        #expect(try bench.open("store").status().lockedReason == nil)
        // A machine that gets its identity later locks nobody out.
        bench.machine = MachineIdentity("fedcba9876543210fedcba9876543210")
        #expect(try bench.open("store").status().lockedReason == nil)
    }

    @Test func theIdentityOfAMachineIsReadStrictly() throws {
        let scratch = try Scratch()
        func identity(_ text: String) throws -> String? {
            try Data(text.utf8).write(to: URL(fileURLWithPath: scratch.path("id")))
            return try MachineIdentity.ofThisMachine(file: scratch.path("id"))?.text
        }
        let good = "0123456789abcdef0123456789abcdef"
        #expect(try identity(good + "\n") == good)
        #expect(try identity(good) == good)
        #expect(try identity(good.uppercased()) == good)
        let zero = String(repeating: "0", count: 32)
        // Digits of another script have several bytes each: 32 bytes of them are no machine id either.
        let wide = String(repeating: "\u{FF10}", count: 10) + "01"
        for bad in ["", "\n", "uninitialized\n", good + "0\n", good.dropLast() + "g\n", good + "\n\n", zero, wide] {
            #expect(try identity(String(bad)) == nil)
        }
        try scratch.run("mkfifo", "pipe")
        try scratch.run("mkdir", "folder")
        try scratch.run("ln", "-s", "loop", "loop")
        for nothing in ["none", "pipe", "folder", "loop", "none/none"] {
            #expect(try MachineIdentity.ofThisMachine(file: scratch.path(nothing)) == nil)
        }
        // What can't be read just now is not taken for nothing: nobody has memory at address 0, which gives EIO.
        let refusal = #expect(throws: LicenceError.self) {
            try MachineIdentity.ofThisMachine(file: "/proc/self/mem")
        }
        #expect(refusal?.code == .storeFailed)
        #expect(refusal?.message.contains("/proc/self/mem") == true)
    }
}

extension StoreDirectory.Creation {
    fileprivate static let all: [Self] = [.never, .ifMissing, .always]
}
