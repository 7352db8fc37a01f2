import Foundation
import GRDB
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import VaultStore

/// What must not be read from a copy of the files: seeds, request secrets, return keys, escrows, at any time; and not
/// even their sealed form once they were given up.
@Suite struct StoreSecretsTests {
    @Test func noSecretStandsInAnyFileOfAStore() throws {
        let bench = try Workbench()
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        let key = try bench.mint("first", into: source)
        let declined = try bench.mint("second", into: source)
        var secrets: [String: [UInt8]] = [
            "seed": key.seed.secret.bytes, "other seed": declined.seed.secret.bytes,
            "private half": Derivation.key.secret(from: key.seed.secret, salt: [], count: 32).bytes,
        ]
        func expectNone(_ moment: String) throws {
            for (what, bytes) in secrets {
                for store in ["source", "target"] {
                    #expect(try bench.occurrences(of: bytes, in: store) == 0, "\(what) in \(store) \(moment)")
                }
            }
        }
        try expectNone("after minting")
        let (first, request) = try bench.request(key, from: source, at: target)
        let (second, secondRequest) = try bench.request(declined, from: source, at: target)
        secrets["e"] = try target.database.read { try target.contents($0).requestSecret(of: first).bytes }
        secrets["other e"] = try target.database.read { try target.contents($0).requestSecret(of: second).bytes }
        secrets["return key"] = try bench.returnKey(of: key, request, from: source)
        secrets["other return key"] = try bench.returnKey(of: declined, secondRequest, from: source)
        try expectNone("after requesting")
        let released = try bench.perform(.release(request), source)
        secrets["escrow"] = try source.database.read { try source.contents($0).escrow(of: first).bytes }
        try expectNone("after the release")
        try bench.perform(.activate(released.activationCode), target)
        try expectNone("after activating")
        try bench.perform(.release(secondRequest), source)
        let code = try bench.perform(.decline(second), target).returnCode
        #expect(secrets["other return key"] == code.returnKey)
        try expectNone("after declining")
        // The search finds what is there: the activation is kept in clear.
        #expect(try bench.occurrences(of: released.activationCode.maskedSeed, in: "source") == 1)
        try bench.perform(.settle(try bench.perform(.receipt(first), target).receiptCode), source)
        #expect(try bench.occurrences(of: released.activationCode.maskedSeed, in: "source") == 0)
        try bench.perform(.reclaim(code), source)
        try expectNone("at the end")
    }

    @Test func evenTheSealedFormIsGoneAfterwards() throws {
        let bench = try Workbench()
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        let key = try bench.mint("first", into: source)
        let kept = try bench.mint("second", into: source)
        func sealed(_ sql: String, _ vault: SQLiteVault) throws -> [[UInt8]] {
            try vault.database.read { try Data.fetchAll($0, sql: sql).map { Array($0) } }
        }
        let seeds = try sealed("SELECT seed FROM held_key", source)
        #expect(seeds.count == 2)
        let (transfer, request) = try bench.request(key, from: source, at: target)
        let secret = try sealed("SELECT request_secret FROM incoming_transfer", target)
        #expect(secret.count == 1)
        // The search finds what is there.
        for old in seeds { #expect(try bench.occurrences(of: old, in: "source") == 1) }
        for old in secret { #expect(try bench.occurrences(of: old, in: "target") == 1) }
        try bench.perform(.release(request), source)
        try bench.perform(.decline(transfer), target)
        for old in seeds { #expect(try bench.occurrences(of: old, in: "source") == 0) }
        for old in secret { #expect(try bench.occurrences(of: old, in: "target") == 0) }
        #expect(try source.keys().map(\.number) == [kept.number])
        // An activation makes no new anchor, but erases what only it needed.
        let (_, second) = try bench.request(kept, from: source, at: target)
        let used = try sealed("SELECT request_secret FROM incoming_transfer WHERE request_secret IS NOT NULL", target)
        #expect(used.count == 1)
        let activation = try bench.perform(.release(second), source).activationCode
        for old in used { #expect(try bench.occurrences(of: old, in: "target") == 1) }
        try bench.perform(.activate(activation), target)
        for old in used { #expect(try bench.occurrences(of: old, in: "target") == 0) }
        #expect(try target.keys().map(\.number) == [kept.number])
    }

    @Test func aSealedValueOpensOnlyWhereItStands() throws {
        let key = StoreKey.fresh()
        let place = SealedColumn.seed.place(of: [1, 2])
        let sealed = try #require(key.seal(Secret([7, 8, 9]), for: place))
        #expect(key.open(sealed, from: place) == Secret([7, 8, 9]))
        for other in [SealedColumn.seed.place(of: [1, 3]), SealedColumn.escrow.place(of: [1, 2])] {
            #expect(key.open(sealed, from: other) == nil)
        }
        #expect(StoreKey.fresh().open(sealed, from: place) == nil)
        #expect(key.seal(Secret([7, 8, 9]), for: place) != sealed)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(key.open(changed, from: place) == nil)
        }
        #expect(Set(SealedColumn.allCases.map { "\($0.place(of: []))" }).count == SealedColumn.allCases.count)
    }

    @Test func aSealedSeedMovedToAnotherKeyIsNoticed() throws {
        let bench = try Workbench()
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        let key = try bench.mint("first", into: source)
        let other = try bench.mint("second", into: source)
        let (_, request) = try bench.request(key, from: source, at: target)
        try source.database.write { database in
            try database.execute(
                sql: "UPDATE held_key SET seed = (SELECT seed FROM held_key WHERE licence = ?) WHERE licence = ?",
                arguments: [other.number.stored.blob, key.number.stored.blob])
        }
        let error = #expect(throws: LicenceError.self) { try bench.perform(.release(request), source) }
        #expect(error?.code == .storeUnsafe)
        // Nothing is wrong with the disk, so what is not touched by it goes on.
        #expect(try source.keys().count == 2)
        #expect(try bench.perform(.offer(other.number, anew: false), source).code != nil)
    }
}
