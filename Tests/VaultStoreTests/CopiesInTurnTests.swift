import GRDB
import Licensing
import TestKit
import Testing
import TransferCodes

@testable import VaultStore
@testable import Vaults

/// A store's file copied before a release and in the middle of it, and the copies written back in turn: the shortest
/// ways that the model of the transfer (`Tests/Model`) finds to use a key twice where the anchor's procedure lacks a
/// step.
@Suite struct CopiesInTurnTests {
    private let bench: Workbench
    private let key: TestKey
    private let transfer: TransferIdentifier
    private let request: RequestCode
    private let start: StartCode

    /// A key in `source`, offered to `target`, which has answered.
    init() throws {
        bench = try Workbench()
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        key = try bench.mint("first", into: source)
        (transfer, request) = try bench.request(key, from: source, at: target)
        start = try bench.perform(.show(transfer), source).startCode
    }

    /// Copies the source's file as `before`, and as `within` behind the commit point of a release that goes no further; then
    /// writes `before` back.
    private func copyBeforeAndWithin() throws {
        try bench.scratch.run("cp", "source/vault.sqlite", "before")
        do { try bench.open("source").commitAlone(.release(request), on: bench.clock.occasion()) }
        try bench.scratch.run("cp", "source/vault.sqlite", "within")
        #expect(try bench.anchors("source").count == 2)
        try writeBack("before")
    }

    private func writeBack(_ copy: String) throws { try bench.scratch.run("cp", copy, "source/vault.sqlite") }

    /// The model's `half-rotation-trusted`: what opens with the old anchor alone has to be given a new one before its
    /// code is shown, or the copy from before the release would still open.
    @Test func aReleaseThatOnlyTheOldAnchorOpensMakesAnotherAnchorBeforeItsCodeIsShown() throws {
        try copyBeforeAndWithin()
        do {
            let source = try bench.open("source")
            #expect(try source.keys().map(\.number) == [key.number])
            #expect(try source.status().lockedReason == nil)
        }
        let old = try bench.anchors("source")
        #expect(old.count == 1)

        try writeBack("within")
        let activation: ActivationCode
        do {
            let source = try bench.open("source")
            #expect(try source.status().lockedReason == nil)
            #expect(try source.keys().isEmpty)
            activation = try bench.perform(.show(transfer), source).activationCode
        }
        let new = try bench.anchors("source")
        #expect(new.count == 1)
        #expect(new != old)

        try writeBack("before")
        #expect(try bench.open("source").status().lockedReason != nil)
        let target = try bench.open("target")
        try bench.perform(.activate(activation), target)
        #expect(try target.keys().map(\.number) == [key.number])
    }

    /// The model's `strays-left`: an anchor that the opened file does not name has to go, or a copy that names it would
    /// open after the key has left another way.
    @Test func aReleaseWhoseAnchorWasAStrayStaysLockedAndShowsNoCode() throws {
        try copyBeforeAndWithin()
        let activation: ActivationCode
        let rival = try bench.open("rival")
        do {
            let source = try bench.open("source")
            let answer = try bench.perform(.request(key.certificate, offerSecret: start.offerSecret), rival)
            activation = try bench.perform(.release(try answer.requestCode), source).activationCode
        }

        try writeBack("within")
        let source = try bench.open("source")
        #expect(try source.status().lockedReason != nil)
        for step in [TransferStep.show(transfer), .release(request)] {
            let error = #expect(throws: LicenceError.self) { try bench.perform(step, source) }
            #expect(error?.code == .codeWithheld)
        }
        try bench.perform(.activate(activation), rival)
        #expect(try rival.keys().map(\.number) == [key.number])
    }
}

extension SQLiteVault {
    /// Does a step that gives something up as far as its commit point, as a process does that is killed behind it.
    fileprivate func commitAlone(_ step: TransferStep, on occasion: Occasion) throws {
        guard case .held(let anchor, let key) = hold else { throw LicenceError(.anchorKept, [.path: directory.path]) }
        try database.write { database in
            let plan = try TransferRules(self.contents(database), on: occasion, random: self.random).plan(step)
            #expect(plan.givesUpSomething)
            try VaultWriter(database: database, key: key, path: self.directory.path)
                .apply(plan.changes, history: plan.history)
            try AnchorRotation(from: anchor, in: self.directory, machine: self.machine).write(to: database, from: key)
        }
    }
}
