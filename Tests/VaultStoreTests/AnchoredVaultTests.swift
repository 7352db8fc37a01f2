import Foundation
import Glibc
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import VaultStore

/// Copies, restored backups and anchors that somebody keeps, seen from outside: what a vault then does and does not do.
@Suite struct AnchoredVaultTests {
    /// Everything that a LOCKED vault may not do, and that nothing of it changes what is on the disk.
    private func expectLocked(
        _ bench: Workbench, _ name: String, holding key: TestKey?, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try bench.files(name).filter { $0.key != "lock" }
        do {
            let vault = try bench.open(name)
            #expect(try vault.status().lockedReason != nil, sourceLocation: location)
            #expect(vault.protection == nil, sourceLocation: location)
            if let key {
                #expect(try vault.keys().map(\.number).contains(key.number), sourceLocation: location)
                for step in [TransferStep.offer(key.number, anew: false), .offer(key.number, anew: true)] {
                    let error = #expect(throws: LicenceError.self, sourceLocation: location) {
                        try bench.perform(step, vault)
                    }
                    #expect(error?.code == .vaultLocked, sourceLocation: location)
                }
                let error = #expect(throws: LicenceError.self, sourceLocation: location) {
                    try vault.prove(
                        key.number,
                        ProofChallenge(
                            nonce: [UInt8](repeating: 1, count: 32), point: key.certificate.publicKey.bytes,
                            lease: [UInt8](repeating: 2, count: ProofChallenge.leaseSize)))
                }
                #expect(error?.code == .vaultLocked, sourceLocation: location)
            }
            let new = try bench.vendor.key("new")
            let error = #expect(throws: LicenceError.self, sourceLocation: location) {
                try vault.mint(new.certificate, new.seed, on: bench.clock.occasion())
            }
            #expect(error?.code == .vaultLocked, sourceLocation: location)
            #expect(error?.hint.isEmpty == false, sourceLocation: location)
        }
        #expect(try bench.files(name).filter { $0.key != "lock" } == before, sourceLocation: location)
    }

    @Test(arguments: Scratch.places) func aCopyIsLockedAndTheOriginalGoesOn(place: String) throws {
        let bench = try Workbench(in: place)
        let key: TestKey
        do { key = try bench.mint("first", into: try bench.open("store")) }
        try bench.copy("store", to: "copy")
        try expectLocked(bench, "copy", holding: key)
        let vault = try bench.open("store")
        #expect(try vault.status().lockedReason == nil)
        #expect(try bench.perform(.offer(key.number, anew: false), vault).code != nil)
    }

    @Test(arguments: Scratch.places) func aBackupFromBeforeTheReleaseWrittenBackInPlaceIsLocked(place: String) throws {
        let bench = try Workbench(in: place)
        let key: TestKey
        let activation: ActivationCode
        do {
            let source = try bench.open("source")
            key = try bench.mint("first", into: source)
        }
        try bench.copy("source", to: "backup")
        do {
            let (source, target) = (try bench.open("source"), try bench.open("target"))
            let (_, request) = try bench.request(key, from: source, at: target)
            activation = try bench.perform(.release(request), source).activationCode
            try bench.perform(.activate(activation), target)
        }
        try bench.copy("backup", to: "source")
        try expectLocked(bench, "source", holding: key)
        #expect(try bench.open("target").keys().map(\.number) == [key.number])
    }

    /// The target is put back to its open request once it had the key and passed it on.
    @Test(arguments: Scratch.places) func aTargetRestoredToItsOpenRequestAfterItPassedTheKeyOnIsLocked(
        place: String
    ) throws {
        let bench = try Workbench(in: place)
        let (source, third) = (try bench.open("source"), try bench.open("third"))
        let key = try bench.mint("first", into: source)
        let activation: ActivationCode
        do {
            let target = try bench.open("target")
            let (_, request) = try bench.request(key, from: source, at: target)
            activation = try bench.perform(.release(request), source).activationCode
        }
        try bench.copy("target", to: "backup")
        do {
            let target = try bench.open("target")
            try bench.perform(.activate(activation), target)
            let (_, request) = try bench.request(key, from: target, at: third)
            try bench.perform(.activate(try bench.perform(.release(request), target).activationCode), third)
        }
        try bench.copy("backup", to: "target")
        let restored = try bench.open("target")
        #expect(try restored.status().lockedReason != nil)
        #expect(try restored.transfers().map(\.standing) == [.target(.open)])
        let error = #expect(throws: LicenceError.self) { try bench.perform(.activate(activation), restored) }
        #expect(error?.code == .vaultLocked)
        #expect(try third.keys().map(\.number) == [key.number])
        #expect(try restored.keys().isEmpty)
    }

    @Test(arguments: Scratch.places) func aBackupFromBeforeADeclineWrittenBackInPlaceIsLocked(place: String) throws {
        let bench = try Workbench(in: place)
        let source = try bench.open("source")
        let key = try bench.mint("first", into: source)
        let (transfer, request): (TransferIdentifier, RequestCode)
        do { (transfer, request) = try bench.request(key, from: source, at: try bench.open("target")) }
        let activation = try bench.perform(.release(request), source).activationCode
        try bench.copy("target", to: "backup")
        let code: ReturnCode
        do { code = try bench.perform(.decline(transfer), try bench.open("target")).returnCode }
        try bench.perform(.reclaim(code), source)
        #expect(try source.keys().map(\.number) == [key.number])
        try bench.copy("backup", to: "target")
        do {
            let restored = try bench.open("target")
            let error = #expect(throws: LicenceError.self) { try bench.perform(.activate(activation), restored) }
            #expect(error?.code == .vaultLocked)
        }
        try expectLocked(bench, "target", holding: nil)
    }

    @Test func aLockedVaultShowsActivationCodesAndReceiptsAgain() throws {
        let bench = try Workbench()
        let (transfer, request): (TransferIdentifier, RequestCode)
        let activation: TransferCode?
        let receipt: TransferCode?
        do {
            let (source, target) = (try bench.open("source"), try bench.open("target"))
            let key = try bench.mint("first", into: source)
            (transfer, request) = try bench.request(key, from: source, at: target)
            let released = try bench.perform(.release(request), source)
            activation = released.code
            try bench.perform(.activate(released.activationCode), target)
            receipt = try bench.perform(.receipt(transfer), target).code
        }
        try bench.copy("source", to: "source copy")
        try bench.copy("target", to: "target copy")
        let (source, target) = (try bench.open("source copy"), try bench.open("target copy"))
        #expect(try source.status().lockedReason != nil)
        #expect(try bench.perform(.show(transfer), source).code == activation)
        #expect(try bench.perform(.release(request), source).code == activation)
        #expect(try bench.perform(.show(transfer), target).code == receipt)
        for step in [TransferStep.close(transfer), .cancel(transfer)] {
            #expect(throws: LicenceError.self) { try bench.perform(step, source) }
        }
    }

    @Test func anotherMachineIsNamedInTheReason() throws {
        let bench = try Workbench()
        let key: TestKey
        do { key = try bench.mint("first", into: try bench.open("store")) }
        let own = bench.machine
        bench.machine = MachineIdentity("fedcba9876543210fedcba9876543210")
        #expect(try bench.open("store").status().lockedReason?.contains("machine") == true)
        try expectLocked(bench, "store", holding: key)
        bench.machine = nil
        try expectLocked(bench, "store", holding: key)
        bench.machine = own
        #expect(try bench.open("store").status().lockedReason == nil)
    }

    @Test(arguments: Scratch.places) func aMovedStoreOpens(place: String) throws {
        let bench = try Workbench(in: place)
        do { _ = try bench.mint("first", into: try bench.open("store")) }
        try bench.scratch.run("mv", "store", "moved")
        #expect(try bench.open("moved").status().lockedReason == nil)
    }

    @Test func aReleaseAndADeclineMakeANewAnchorAndLeaveNoOther() throws {
        let bench = try Workbench()
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        let key = try bench.mint("first", into: source)
        let before = (try bench.anchors("source"), try bench.anchors("target"))
        let (transfer, request) = try bench.request(key, from: source, at: target)
        #expect(try bench.anchors("target") == before.1)
        try bench.perform(.release(request), source)
        let after = try bench.anchors("source")
        #expect(after.count == 1)
        #expect(after != before.0)
        try bench.perform(.decline(transfer), target)
        #expect(try bench.anchors("target").count == 1)
        #expect(try bench.anchors("target") != before.1)
        // Showing again gives nothing up.
        try bench.perform(.release(request), source)
        #expect(try bench.anchors("source") == after)
    }

    /// Somebody moves the anchor aside: a release is not refused (nothing tells), but its code is withheld until the
    /// directory is gone or back under its name.
    @Test(arguments: ["deleted", "put back", "vouched for"]) func anAnchorMovedAsideWithholdsTheCode(end: String) throws
    {
        let bench = try Workbench()
        let target = try bench.open("target")
        let (key, second): (TestKey, TestKey)
        let (transfer, request): (TransferIdentifier, RequestCode)
        let secondRequest: RequestCode
        let anchor: String
        do {
            let source = try bench.open("source")
            (key, second) = (try bench.mint("first", into: source), try bench.mint("second", into: source))
            (transfer, request) = try bench.request(key, from: source, at: target)
            secondRequest = try bench.request(second, from: source, at: target).code
            anchor = try #require(try bench.anchors("source").first)
            try bench.scratch.run("mv", "source/\(anchor)", "aside")
            let error = #expect(throws: LicenceError.self) { try bench.perform(.release(request), source) }
            #expect(error?.code == .codeWithheld)
            #expect(try source.transfers().first { $0.identifier == transfer }?.isWithheld == true)
            for step in [TransferStep.release(request), .show(transfer)] {
                let error = #expect(throws: LicenceError.self) { try bench.perform(step, source) }
                #expect(error?.code == .codeWithheld)
            }
            // What leaves now could be brought back just so.
            let refused = #expect(throws: LicenceError.self) { try bench.perform(.release(secondRequest), source) }
            #expect(refused?.code == .anchorKept)
            #expect(try source.keys().map(\.number) == [second.number])
            if end == "deleted" {
                try bench.scratch.run("rm", "-r", "aside")
                #expect(try bench.perform(.show(transfer), source).code != nil)
            }
        }
        if end == "put back" { try bench.scratch.run("mv", "aside", "source/\(anchor)") }
        let source = try bench.open("source")
        if end == "vouched for" {
            let error = #expect(throws: LicenceError.self) { try bench.perform(.show(transfer), source) }
            #expect(error?.code == .codeWithheld)
            try source.forgetKeptAnchor(on: Occasion(now: Timestamp(seconds: 77), user: 4242))
        }
        try expectVouched(end == "vouched for", transfer, of: key, in: source)
        let released = try bench.perform(.show(transfer), source)
        try bench.perform(.activate(released.activationCode), target)
        #expect(try bench.perform(.release(secondRequest), source).code != nil)
        #expect(try bench.anchors("source").count == 1)
    }

    /// The way out that needs nobody's word: the target declines, and the key is here again.
    @Test func aKeyWhoseCodeIsWithheldComesBackByItsReturnCode() throws {
        let bench = try Workbench()
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        let key = try bench.mint("first", into: source)
        let (transfer, request) = try bench.request(key, from: source, at: target)
        let anchor = try #require(try bench.anchors("source").first)
        try bench.scratch.run("mv", "source/\(anchor)", "aside")
        #expect(throws: LicenceError.self) { try bench.perform(.release(request), source) }
        let code = try bench.perform(.decline(transfer), target).returnCode
        try bench.perform(.reclaim(code), source)
        #expect(try source.keys().map(\.number) == [key.number])
        // Nothing is withheld any more: the record has no code.
        #expect(try source.transfers().map(\.isWithheld) == [false])
    }

    /// At the target it is the return code that is withheld, and the way out is its own.
    @Test(arguments: ["deleted", "put back", "vouched for"]) func anAnchorMovedAsideWithholdsTheReturnCode(
        end: String
    ) throws {
        let bench = try Workbench()
        let source = try bench.open("source")
        let key = try bench.mint("first", into: source)
        let (transfer, anchor): (TransferIdentifier, String)
        do {
            let target = try bench.open("target")
            let request: RequestCode
            (transfer, request) = try bench.request(key, from: source, at: target)
            let activation = try bench.perform(.release(request), source).activationCode
            anchor = try #require(try bench.anchors("target").first)
            try bench.scratch.run("mv", "target/\(anchor)", "aside")
            for step in [TransferStep.decline(transfer), .decline(transfer), .show(transfer)] {
                let error = #expect(throws: LicenceError.self) { try bench.perform(step, target) }
                #expect(error?.code == .returnWithheld)
                #expect(error?.hint.contains("--forget-kept-anchor") == true)
                #expect(error?.parameters[.transfer] == transfer.description)
            }
            // The decline happened all the same.
            #expect(try target.transfers().map(\.standing) == [.target(.declined)])
            let refused = #expect(throws: LicenceError.self) { try bench.perform(.activate(activation), target) }
            #expect(refused?.code == .requestDeclined)
            if end == "deleted" {
                try bench.scratch.run("rm", "-r", "aside")
                #expect(try bench.perform(.show(transfer), target).code != nil)
            }
        }
        if end == "put back" { try bench.scratch.run("mv", "aside", "target/\(anchor)") }
        let target = try bench.open("target")
        if end == "vouched for" {
            let error = #expect(throws: LicenceError.self) { try bench.perform(.show(transfer), target) }
            #expect(error?.code == .returnWithheld)
            try target.forgetKeptAnchor(on: Occasion(now: Timestamp(seconds: 77), user: 4242))
        }
        try expectVouched(end == "vouched for", transfer, of: key, in: target)
        try bench.perform(.reclaim(try bench.perform(.show(transfer), target).returnCode), source)
        #expect(try source.keys().map(\.number) == [key.number])
    }

    /// What is only somebody's word is told, once and with whose; what the store sees for itself is not.
    private func expectVouched(
        _ isVouched: Bool, _ transfer: TransferIdentifier, of key: TestKey, in vault: SQLiteVault
    ) throws {
        let told = HistoryEntry(
            event: .vouched, licence: key.number, transfer: transfer,
            occasion: Occasion(now: Timestamp(seconds: 77), user: 4242))
        #expect(try vault.history().filter { $0.event == .vouched } == (isVouched ? [told] : []))
        // A second time there is nothing to vouch for.
        try vault.forgetKeptAnchor(on: Occasion(now: Timestamp(seconds: 78), user: 0))
        #expect(try vault.history().count { $0.event == .vouched } == (isVouched ? 1 : 0))
    }

    @Test func strayAnchorsGoWhenTheStoreOpensAndStayWhenItIsLocked() throws {
        let bench = try Workbench()
        do { _ = try bench.mint("first", into: try bench.open("store")) }
        try bench.scratch.run("cp", "-a", "store/\(try #require(try bench.anchors("store").first))", "store/anchor.old")
        try bench.copy("store", to: "copy")
        try bench.scratch.run("mkdir", "store/anchor.mine")
        try bench.scratch.run("touch", "store/anchor.mine/photograph")
        do {
            let vault = try bench.open("store")
            #expect(vault.strayAnchors == ["anchor.mine"])
        }
        #expect(try bench.anchors("store").count == 2)
        do { #expect(try bench.open("copy").status().lockedReason != nil) }
        #expect(try bench.anchors("copy").count == 2)
    }

    @Test(arguments: ["vault.sqlite", "vault.sqlite-journal", "vault.sqlite-wal", "vault.sqlite-shm", "dongles.sqlite"])
    func nothingPlantedWhereTheDatabaseLiesIsFollowed(name: String) throws {
        let bench = try Workbench()
        let plants: [(String) throws -> Void] = [
            { try bench.scratch.run("ln", "-s", bench.scratch.path("victim"), $0) },
            { try bench.scratch.run("ln", bench.scratch.path("victim"), $0) },
            { try bench.scratch.run("mkfifo", $0) }, { try bench.scratch.run("mkdir", $0) },
        ]
        for (index, plant) in plants.enumerated() {
            let store = "store \(index)"
            if index == 0 { try bench.scratch.run("sh", "-c", "echo mine > victim") }
            try bench.scratch.run("mkdir", "-m", "0700", store)
            try plant("\(bench.scratch.path(store))/\(name)")
            let error = #expect(throws: LicenceError.self) {
                if name == "dongles.sqlite" {
                    _ = try DongleMemory(folder: bench.scratch.path(store))
                } else {
                    _ = try bench.open(store)
                }
            }
            #expect(error?.code == .storeUnsafe, "\(index)")
            #expect(error?.message.contains(name) == true)
        }
        #expect(try String(contentsOfFile: bench.scratch.path("victim"), encoding: .utf8) == "mine\n")
    }
}
