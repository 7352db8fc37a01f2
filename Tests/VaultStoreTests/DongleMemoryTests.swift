import Foundation
import Licensing
import TestKit
import Testing
import Vaults

@testable import VaultStore

/// What a daemon remembers of the dongles it has seen.
@Suite struct DongleMemoryTests {
    private let scratch: Scratch
    private let serial: SerialNumber

    init() throws {
        scratch = try Scratch()
        serial = try #require(SerialNumber("4711"))
    }

    private func memory() throws -> DongleMemory { try DongleMemory(folder: scratch.path("state")) }

    @Test func aDongleThatGoesForwardIsAdmitted() throws {
        for counter: UInt64 in [0, 5, 5, 6] { try memory().admit(serial, stateCounter: counter, transfers: []) }
    }

    @Test func aDongleThatCameBackOlderIsRefusedAlsoAfterARestart() throws {
        try memory().admit(serial, stateCounter: 7, transfers: [])
        for _ in 0..<2 {
            #expect(throws: LicenceError(.dongleRestored, [.serial: "4711"])) {
                try memory().admit(serial, stateCounter: 6, transfers: [])
            }
        }
        try memory().admit(try #require(SerialNumber("4712")), stateCounter: 6, transfers: [])
        try memory().admit(serial, stateCounter: 7, transfers: [])
    }

    @Test func anAdministratorAcceptsWhatWasRefusedAndNothingOlder() throws {
        let memory = try memory()
        try memory.admit(serial, stateCounter: 7, transfers: [])
        #expect(throws: LicenceError.self) { try memory.admit(serial, stateCounter: 5, transfers: []) }
        try memory.accept(serial)
        #expect(throws: LicenceError.self) { try memory.admit(serial, stateCounter: 4, transfers: []) }
        try memory.admit(serial, stateCounter: 5, transfers: [])
        try memory.admit(serial, stateCounter: 6, transfers: [])
        #expect(throws: LicenceError.self) { try memory.admit(serial, stateCounter: 5, transfers: []) }
    }

    @Test func acceptingWithoutARefusalChangesNothing() throws {
        let memory = try memory()
        #expect(throws: LicenceError(.dongleUnknown, [.serial: "4711"])) { try memory.accept(serial) }
        try memory.admit(serial, stateCounter: 7, transfers: [])
        try memory.accept(serial)
        #expect(throws: LicenceError.self) { try memory.admit(serial, stateCounter: 6, transfers: []) }
    }

    @Test func aChangeThatWasSeenCounts() throws {
        let memory = try memory()
        try memory.admit(serial, stateCounter: 7, transfers: [])
        try memory.note(serial, stateCounter: 9, transfers: [])
        #expect(throws: LicenceError.self) { try memory.admit(serial, stateCounter: 8, transfers: []) }
        try memory.admit(serial, stateCounter: 9, transfers: [])
    }

    @Test func theTransfersOfADongleAreRememberedAsTheyWere() throws {
        let bench = try TransferBench { location, capacity, random in
            VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
        }
        let start = try bench.offer()
        _ = try bench.request(start)
        let moved = try bench.mint(try bench.vendor.key("second"), into: bench.source)
        try bench.move(moved)
        for subject in [bench.source, bench.target] {
            let transfers = try subject.vault.transfers()
            #expect(transfers.count == 2)
            try memory().note(serial, stateCounter: 1, transfers: transfers)
            let found = try memory().transfers()
            #expect(found.map(\.transfer) == transfers.sorted { ($0.begun, $0.identifier) < ($1.begun, $1.identifier) })
            #expect(found.allSatisfy { $0.serial == serial })
        }
        try memory().note(serial, stateCounter: 2, transfers: [])
        #expect(try memory().transfers().isEmpty)
    }

    /// A dongle that was pulled out right after a step is remembered with what the step came to.
    @Test func oneTransferIsRememberedByItself() throws {
        let bench = try TransferBench { location, capacity, random in
            VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
        }
        let start = try bench.offer()
        let offered = try #require(try bench.source.vault.transfers().first)
        _ = try bench.release(try bench.request(start))
        let released = try #require(try bench.source.vault.transfers().first)
        #expect(offered != released && offered.identifier == released.identifier)
        let memory = try memory()
        try memory.note(serial, transfer: offered)
        #expect(try memory.transfers().isEmpty, "a dongle that nobody has seen")
        try memory.note(serial, stateCounter: 1, transfers: [])
        try memory.note(serial, transfer: offered)
        #expect(try memory.transfers().map(\.transfer) == [offered])
        try memory.note(serial, transfer: released)
        #expect(try memory.transfers().map(\.transfer) == [released])
    }

    @Test func aDongleThatIsAdmittedIsRememberedWithItsTransfers() throws {
        let bench = try TransferBench { location, capacity, random in
            VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
        }
        _ = try bench.offer()
        let transfers = try bench.source.vault.transfers()
        let memory = try memory()
        try memory.admit(serial, stateCounter: 1, transfers: transfers)
        #expect(try memory.transfers().map(\.transfer) == transfers)
        // Without a change of its counter, as a dongle that was given another vault would come.
        try memory.admit(serial, stateCounter: 1, transfers: [])
        #expect(try memory.transfers().isEmpty)
        #expect(throws: LicenceError.self) { try memory.admit(serial, stateCounter: 0, transfers: transfers) }
        #expect(try memory.transfers().isEmpty)
    }

    @Test func aDongleThatComesBackAsItWasCostsNoCommit() throws {
        let bench = try TransferBench { location, capacity, random in
            VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
        }
        _ = try bench.offer()
        let transfers = try bench.source.vault.transfers()
        let memory = try memory()
        try memory.admit(serial, stateCounter: 7, transfers: transfers + transfers)
        // SQLite counts the commits of a file at offset 24 (file format, 1.3.7).
        func commits() throws -> Data {
            let path = scratch.path("state") + "/" + DongleMemory.databaseName
            return try Data(contentsOf: URL(fileURLWithPath: path)).subdata(in: 24..<28)
        }
        let before = try commits()
        try memory.admit(serial, stateCounter: 7, transfers: transfers)
        #expect(try commits() == before)

        // Another one came in between, or it was refused and accepted: who was seen last is part of what is remembered.
        try memory.admit(try #require(SerialNumber("4712")), stateCounter: 1, transfers: [])
        let between = try commits()
        try memory.admit(serial, stateCounter: 7, transfers: transfers)
        #expect(try commits() != between)
    }

    @Test func aDongleThatNamesATransferTwiceIsToldOfOnce() throws {
        let bench = try TransferBench { location, capacity, random in
            VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
        }
        _ = try bench.offer()
        let transfers = try bench.source.vault.transfers()
        try memory().note(serial, stateCounter: .max, transfers: transfers + transfers)
        #expect(try memory().transfers().map(\.transfer) == transfers)
    }

    @Test func theTransfersOfDonglesSeenLongAgoMakeRoom() throws {
        let bench = try TransferBench { location, capacity, random in
            VaultSubject(MemoryVault(location: location, capacity: capacity, random: random))
        }
        _ = try bench.offer()
        let one = try #require(try bench.source.vault.transfers().first)
        let many = try (0..<DongleMemory.mostTransfers).map { number in
            TransferSummary(
                identifier: try #require(TransferIdentifier(String(100_000 + number))), certificate: one.certificate,
                standing: one.standing, begun: one.begun, changed: one.changed, fingerprint: one.fingerprint,
                isWithheld: false)
        }
        let memory = try memory()
        let dongles = DongleMemory.mostTransfersInAll / DongleMemory.mostTransfers + 2
        for index in 1...dongles {
            try memory.note(try #require(SerialNumber("S\(index)")), stateCounter: 5, transfers: many)
        }
        let found = try memory.transfers()
        #expect(found.count == DongleMemory.mostTransfersInAll)
        #expect(found.count { $0.serial.description == "S\(dongles)" } == many.count)
        #expect(!found.contains { $0.serial.description == "S1" })
        // How far it was is remembered all the same.
        #expect(throws: LicenceError.self) {
            try memory.admit(try #require(SerialNumber("S1")), stateCounter: 4, transfers: [])
        }
    }

    @Test func noMoreDonglesAreRememberedThanThereIsRoomFor() throws {
        let scratch = try Scratch(in: Scratch.places.last ?? "/tmp")
        let memory = try DongleMemory(folder: scratch.path("state"))
        for index in 0...DongleMemory.mostDongles {
            try memory.admit(try #require(SerialNumber("S\(index)")), stateCounter: 5, transfers: [])
        }
        // The first was forgotten, the second was not.
        try memory.admit(try #require(SerialNumber("S1")), stateCounter: 5, transfers: [])
        #expect(throws: LicenceError.self) {
            try memory.admit(try #require(SerialNumber("S1")), stateCounter: 4, transfers: [])
        }
        try memory.admit(try #require(SerialNumber("S0")), stateCounter: 4, transfers: [])
    }
}
