import Foundation
import GRDB
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import VaultStore

/// Settings, schema, and what SQLite's failures come to.
@Suite struct StoreDatabaseTests {
    @Test func theSettingsAreInForce() throws {
        let bench = try Workbench()
        let vault = try bench.open("store")
        let found = try vault.database.read { database in
            try [
                "journal_mode", "synchronous", "secure_delete", "foreign_keys", "trusted_schema", "cell_size_check",
                "temp_store", "cache_spill",
            ].map { "\(try DatabaseValue.fetchOne(database, sql: "PRAGMA \($0)") ?? .null)" }
        }
        #expect(found == ["\"delete\"", "3", "1", "1", "0", "1", "2", "0"])
    }

    @Test func aDatabaseLeftInWriteAheadModeIsBroughtBack() throws {
        let bench = try Workbench()
        do { _ = try bench.mint("first", into: try bench.open("store")) }
        do {
            let queue = try DatabaseQueue(path: bench.scratch.path("store/vault.sqlite"))
            try queue.inDatabase { _ = try Row.fetchOne($0, sql: "PRAGMA journal_mode = WAL") }
        }
        let vault = try bench.open("store")
        #expect(try vault.keys().count == 1)
        #expect(try vault.database.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
    }

    @Test func aSettingThatDoesNotTakeIsNamed() throws {
        // A database in memory can't have a rollback journal on disk.
        let queue = try DatabaseQueue()
        let error = #expect(throws: LicenceError.self) {
            try queue.inDatabase { try DatabaseSettings.apply(to: $0, path: "memory") }
        }
        #expect(error?.code == .storeUnsafe)
        #expect(error?.message.contains("journal_mode") == true)
    }

    @Test func aNewerSchemaIsRefusedByItsVersion() throws {
        let bench = try Workbench()
        do { _ = try bench.open("store") }
        let path = bench.scratch.path("store/vault.sqlite")
        do {
            let queue = try DatabaseQueue(path: path)
            try queue.inDatabase { try $0.execute(sql: "PRAGMA user_version = 2") }
        }
        let before = try bench.files("store").filter { $0.key != "lock" }
        #expect(throws: LicenceError(.storeTooNew, [.path: path, .version: "2"])) { try bench.open("store") }
        #expect(try bench.files("store").filter { $0.key != "lock" } == before)
    }

    @Test func anotherProgramsDatabaseAndNoDatabaseAreRefused() throws {
        let bench = try Workbench()
        try bench.scratch.run("mkdir", "-m", "0700", "theirs", "garbage", "memory")
        do {
            let queue = try DatabaseQueue(path: bench.scratch.path("theirs/vault.sqlite"))
            try queue.inDatabase { try $0.execute(sql: "CREATE TABLE theirs (a)") }
        }
        try Data(repeating: 0x41, count: 8192).write(
            to: URL(fileURLWithPath: bench.scratch.path("garbage/vault.sqlite")))
        do { _ = try DongleMemory(folder: bench.scratch.path("memory")) }
        try bench.scratch.run("mv", "memory/dongles.sqlite", "memory/vault.sqlite")
        for store in ["theirs", "garbage", "memory"] {
            let error = #expect(throws: LicenceError.self) { try bench.open(store) }
            #expect(error?.code == .storeUnsafe, "\(store)")
        }
    }

    @Test func aDamagedDatabaseIsRefused() throws {
        let bench = try Workbench()
        do {
            let vault = try bench.open("store")
            for index in 0..<100 { _ = try bench.mint("key \(index)", into: vault) }
        }
        let url = URL(fileURLWithPath: bench.scratch.path("store/vault.sqlite"))
        let sound = try Data(contentsOf: url)
        var refusals = 0
        for page in 1..<(sound.count / 4096) {
            var damaged = sound
            for offset in 0..<64 { damaged[page * 4096 + offset] = 0xA5 }
            try damaged.write(to: url)
            try bench.scratch.run("chmod", "0600", "store/vault.sqlite")
            do throws(LicenceError) {
                _ = try bench.open("store")
            } catch {
                #expect(error.code == .storeUnsafe)
                refusals += 1
            }
        }
        #expect(refusals > 0)
    }

    @Test func theSchemaOfVersionOneNeverChanges() throws {
        let bench = try Workbench()
        let vault = try bench.open("store")
        let memory = try StoreDatabase(
            "memory.sqlite", in: vault.directory, schema: .dongleMemory, isMade: true)
        try memory.write { try memory.migrate($0) }
        for (fixture, database) in [(SchemaFixtures.vault1, vault.database), (SchemaFixtures.dongles1, memory)] {
            let found = try database.read {
                try String.fetchAll($0, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
            }
            #expect(found.joined(separator: ";\n\n") + ";" == fixture)
        }
    }

    @Test func everyTableIsStrict() throws {
        let bench = try Workbench()
        let vault = try bench.open("store")
        let loose = try vault.database.read {
            try String.fetchAll($0, sql: "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0")
        }
        #expect(loose == ["sqlite_schema"])
    }

    /// The schema itself forbids what the rules forbid.
    @Test(arguments: [
        "UPDATE held_key SET seed = x'00'",
        "UPDATE held_key SET licence = x'00'",
        "UPDATE held_key SET since = 'yesterday'",
        "DELETE FROM held_key",
        "INSERT INTO held_key SELECT * FROM held_key",
        "UPDATE outgoing_transfer SET state = 9",
        "UPDATE outgoing_transfer SET state = 3",
        "UPDATE outgoing_transfer SET activation = zeroblob(16)",
        "UPDATE outgoing_transfer SET withheld = 1",
        "UPDATE outgoing_transfer SET escrow = zeroblob(44)",
        """
        INSERT INTO outgoing_transfer
          (transfer, licence, certificate, offer_secret, state, begun, changed, wrong_requests_before)
        SELECT 'ZZZZZZ', licence, certificate, zeroblob(10), 1, begun, changed, 0 FROM outgoing_transfer
        """,
        "UPDATE incoming_transfer SET state = 2",
        "UPDATE incoming_transfer SET state = 3",
        "UPDATE incoming_transfer SET request_secret = NULL",
        "UPDATE incoming_transfer SET return_key = zeroblob(44)",
        """
        INSERT INTO incoming_transfer
          (transfer, licence, certificate, offer_secret, point, state, begun, changed, request_secret)
        SELECT 'ZZZZZZ', licence, certificate, zeroblob(10), zeroblob(32), 1, begun, changed, request_secret
        FROM incoming_transfer
        """,
        "INSERT INTO vault SELECT 2, location, key_capacity, record_capacity, state_counter, 0 FROM vault",
        "UPDATE vault SET state_counter = -1",
        "INSERT INTO anchor VALUES (5, zeroblob(200))",
        "INSERT INTO anchor SELECT 2, record FROM anchor",
        "UPDATE history SET event = NULL",
    ]) func theSchemaForbids(statement: String) throws {
        let bench = try Workbench(in: Scratch.places.last ?? "/tmp")
        let vault = try bench.open("store")
        let other = try bench.open("other")
        let key = try bench.mint("first", into: vault)
        let foreign = try bench.mint("second", into: other)
        try bench.perform(.offer(key.number, anew: false), vault)
        _ = try bench.request(foreign, from: other, at: vault)
        let error = #expect(throws: LicenceError.self) {
            try vault.database.write { try $0.execute(sql: statement) }
        }
        #expect(error?.code == .storeFailed)
        #expect(error?.message.contains("SQLite") == true)
    }

    @Test func afterAFailureNothingIsTriedAgain() throws {
        let bench = try Workbench()
        let key: TestKey
        do {
            let vault = try bench.open("store")
            key = try bench.mint("first", into: vault)
            let before = try VaultSnapshot(vault)
            // A full disk, as SQLite sees one: the database may not grow any more.
            try vault.database.read { database in
                let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                _ = try Row.fetchOne(database, sql: "PRAGMA max_page_count = \(pages)")
            }
            let full = #expect(throws: LicenceError.self) {
                for index in 0..<1000 { _ = try bench.mint("key \(index)", into: vault) }
            }
            #expect(full?.code == .storeFailed)
            let failure = try #require(full)
            #expect(failure.message.contains("SQLite 13"))
            for _ in 0..<2 {
                #expect(throws: failure) { try vault.keys() }
                #expect(throws: failure) { try bench.perform(.offer(key.number, anew: false), vault) }
                #expect(throws: failure) { try vault.status() }
            }
            #expect(before.keys.count == 1)
        }
        let again = try bench.open("store")
        #expect(try again.keys().map(\.number).contains(key.number))
        #expect(try bench.perform(.offer(key.number, anew: false), again).code != nil)
    }

    /// One odd row is no failing disk: whatever does not need it goes on, and nothing has to be started again.
    @Test(arguments: [
        "UPDATE held_key SET certificate = zeroblob(150)",
        "UPDATE outgoing_transfer SET certificate = zeroblob(150)",
        "UPDATE incoming_transfer SET point = zeroblob(32)",
    ]) func aRecordThatCannotBeReadIsNoFailureOfTheDisk(statement: String) throws {
        let bench = try Workbench(in: Scratch.places.last ?? "/tmp")
        let (vault, other) = (try bench.open("store"), try bench.open("other"))
        let key = try bench.mint("first", into: vault)
        _ = try bench.request(try bench.mint("second", into: other), from: other, at: vault)
        try bench.perform(.offer(key.number, anew: false), vault)
        try vault.database.write { try $0.execute(sql: statement) }
        vault.cache.empty()
        let error = #expect(throws: LicenceError.self) { _ = (try vault.keys(), try vault.transfers()) }
        #expect(error?.code == .storeUnsafe)
        #expect(error?.message.contains("a record can't be read") == true)
        #expect(try vault.status().lockedReason == nil)
        #expect(try vault.history().count == 3)
        #expect(try vault.health(isThorough: true).damage == nil)
    }

    @Test func historyTellsAnEventOfALaterReleaseAsUnrecognised() throws {
        let bench = try Workbench(in: Scratch.places.last ?? "/tmp")
        let vault = try bench.open("store")
        let key = try bench.mint("first", into: vault)
        try vault.database.write { try $0.execute(sql: "UPDATE history SET event = 'lent'") }
        let history = try vault.history()
        #expect(history.map(\.event) == [.unrecognised])
        #expect(history.map(\.licence) == [key.number])
    }

    /// Somebody looks into the database while a key is released: SQLite can't commit, and the key stays with its anchor.
    @Test(arguments: ["release", "decline"]) func aCommitThatCannotBeMadeLeavesNoAnchorBehind(step: String) throws {
        let bench = try Workbench()
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        let key = try bench.mint("first", into: source)
        let (transfer, request) = try bench.request(key, from: source, at: target)
        let (name, vault) = step == "release" ? ("source", source) : ("target", target)
        func commit() throws -> TransferCode? {
            try bench.perform(step == "release" ? .release(request) : .decline(transfer), vault).code
        }
        let anchors = try bench.anchors(name)
        let before = try VaultSnapshot(vault)
        let queue = try DatabaseQueue(path: bench.scratch.path("\(name)/vault.sqlite"))
        try queue.inTransaction(.deferred) { reader in
            _ = try Row.fetchAll(reader, sql: "SELECT * FROM vault")
            for _ in 0..<3 {
                let error = #expect(throws: LicenceError.self) { try commit() }
                #expect(error?.code == .storeInUse)
                #expect(try bench.anchors(name) == anchors)
            }
            return .commit
        }
        #expect(try VaultSnapshot(vault) == before)
        #expect(try commit() != nil)
        #expect(try bench.anchors(name).count == 1)
        #expect(try bench.anchors(name) != anchors)
    }

    @Test func anotherProgramInTheDatabaseIsNamedAndTheVaultGoesOn() throws {
        let bench = try Workbench()
        let vault = try bench.open("store")
        let key = try bench.mint("first", into: vault)
        let queue = try DatabaseQueue(path: bench.scratch.path("store/vault.sqlite"))
        try queue.inTransaction(.immediate) { _ in
            let error = #expect(throws: LicenceError.self) { try bench.perform(.offer(key.number, anew: false), vault) }
            #expect(error?.code == .storeInUse)
            return .rollback
        }
        #expect(try bench.perform(.offer(key.number, anew: false), vault).code != nil)
    }

    @Test func everyResultCodeHasAMeaningAndKeepsItsNumber() {
        for result in SQLiteResult.allCases {
            let error = LicenceError(DatabaseError(resultCode: ResultCode(rawValue: result.rawValue)), path: "/p")
            let expected: LicenceError.Code =
                switch result.meaning {
                case .inUse: .storeInUse
                case .unsafe: .storeUnsafe
                case .failed: .storeFailed
                }
            #expect(error.code == expected)
            #expect(error.code == .storeInUse || error.message.contains("SQLite \(result.rawValue):"))
        }
        #expect(SQLiteResult.allCases.count == 28)
        #expect(SQLiteResult.warning.rawValue == 28)
        let extended = LicenceError(DatabaseError(resultCode: .SQLITE_IOERR_FSYNC), path: "/p")
        #expect(extended.code == .storeFailed)
        #expect(extended.message.contains("SQLite 1034:"))
        #expect(LicenceError(DatabaseError(resultCode: ResultCode(rawValue: 99)), path: "/p").code == .storeFailed)
    }
}
