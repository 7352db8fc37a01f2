import Foundation
import Licensing
import TestKit
import Testing
import Vaults

@testable import VaultStore

/// Every kind of code at every state of a transfer, in vaults on disk, and at LOCKED ones.
@Suite struct StoreReplayTests {
    /// Vaults in directories of a folder in memory, where a sync costs nothing: the rules on a disk are what other tests
    /// look at.
    private struct Stores {
        private let bench: Workbench

        init() throws { bench = try Workbench(in: Scratch.places.last ?? "/tmp") }

        /// Makes an empty one, a dongle's or a local store.
        func make(
            _ location: Location, _ capacity: VaultCapacity, _ random: @escaping RandomBytes
        ) throws -> VaultSubject {
            let (path, machine) = (bench.scratch.path(UUID().uuidString), bench.machine)
            guard case .usb(let serial) = location else {
                return VaultSubject(try SQLiteVault.open(localStoreIn: path, machine: machine, random: random))
            }
            return VaultSubject(
                try SQLiteVault.make(dongle: serial, in: path, capacity: capacity, machine: machine, random: random))
        }

        /// A copy, which is LOCKED because it is one.
        func lockedCopy(of vault: any Vault) throws -> ReplayMatrix.Locked {
            let (name, original) = (UUID().uuidString, try #require(vault as? SQLiteVault))
            let (path, machine) = (bench.scratch.path(name), bench.machine)
            try bench.copy(original.directory.path, to: path)
            let copy =
                switch original.description.location {
                case .usb: try SQLiteVault.open(dongleIn: path, machine: machine, random: { randomBytes($0) })
                case .local: try SQLiteVault.open(localStoreIn: path, machine: machine, random: { randomBytes($0) })
                }
            return ReplayMatrix.Locked(copy) { [bench] in try bench.files(name) }
        }
    }

    @Test func everyCodeLoadedAnywhereIsAnsweredAsListed() throws {
        let stores = try Stores()
        let cells = try ReplayMatrix(stores.make).check()
        print("shown: \(cells) on disk")
    }

    @Test func everyCodeLoadedAtALockedVaultIsAnsweredAsListedAndChangesNothing() throws {
        let stores = try Stores()
        let cells = try ReplayMatrix(stores.make).checkLocked(stores.lockedCopy)
        print("shown: \(cells) at a LOCKED vault")
    }
}
