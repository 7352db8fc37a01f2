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
        let scratch: Scratch
        private let machine = MachineIdentity("0123456789abcdef0123456789abcdef")

        init() throws { scratch = try Scratch(in: Scratch.places.last ?? "/tmp") }

        /// Makes an empty one, a dongle's or a local store.
        func make(
            _ location: Location, _ capacity: VaultCapacity, _ random: @escaping RandomBytes
        ) throws -> VaultSubject {
            let path = scratch.path(UUID().uuidString)
            guard case .usb(let serial) = location else {
                return VaultSubject(try SQLiteVault.open(localStoreIn: path, machine: machine, random: random))
            }
            return VaultSubject(
                try SQLiteVault.make(dongle: serial, in: path, capacity: capacity, machine: machine, random: random))
        }

        /// A copy, which is LOCKED because it is one.
        func lockedCopy(of vault: any Vault) throws -> ReplayMatrix.Locked {
            let path = scratch.path(UUID().uuidString)
            let original = try #require(vault as? SQLiteVault)
            try FileManager.default.copyItem(atPath: original.directory.path, toPath: path)
            let copy =
                switch original.description.location {
                case .usb: try SQLiteVault.open(dongleIn: path, machine: machine, random: { randomBytes($0) })
                case .local: try SQLiteVault.open(localStoreIn: path, machine: machine, random: { randomBytes($0) })
                }
            return ReplayMatrix.Locked(copy) {
                try FileManager.default.subpathsOfDirectory(atPath: path).reduce(into: [:]) { files, name in
                    files[name] = FileManager.default.contents(atPath: "\(path)/\(name)").map { Array($0) } ?? []
                }
            }
        }
    }

    @Test func everyCodeLoadedAnywhereIsAnsweredAsListed() throws {
        let stores = try Stores()
        let cells = try ReplayMatrix(stores.make).check()
        print("shown: \(cells) on disk")
    }

    @Test func aLockedVaultShowsActivationsAndReceiptsAgainAndChangesNothing() throws {
        let stores = try Stores()
        let cells = try ReplayMatrix(stores.make).checkLocked(stores.lockedCopy)
        print("shown: \(cells) at a LOCKED vault")
    }
}
