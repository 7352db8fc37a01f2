import Foundation
import Glibc
import Licensing
import Testing
import Vaults

@testable import VaultStore

/// What a store that is open says of itself to whoever looks for faults.
@Suite struct StoreHealthTests {
    private let bench: Workbench

    init() throws { bench = try Workbench(in: "/var/tmp") }

    private func health(_ vault: SQLiteVault) throws -> StoreHealth { try vault.health(isThorough: true) }

    @Test func aStoreInItsPlaceIsInOrder() throws {
        let vault = try bench.open("store")
        _ = try bench.mint("a", into: vault)
        let health = try health(vault)
        #expect(health.path == bench.scratch.path("store"))
        #expect((health.damage, health.displacement, health.keptAnchor?.code) == (nil, nil, nil))
        #expect(health.strayAnchors == [])
    }

    @Test func oneThatStaysInOrderThroughAReleaseSaysSo() throws {
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        let key = try bench.mint("a", into: source)
        let (_, code) = try bench.request(key, from: source, at: target)
        try bench.perform(.release(code), source)
        for vault in [source, target] { #expect(try health(vault).displacement == nil) }
    }

    @Test func aDirectoryThatWasMovedAwayIsMissed() throws {
        let vault = try bench.open("store")
        #expect(rename(bench.scratch.path("store"), bench.scratch.path("elsewhere")) == 0)
        #expect(try health(vault).displacement?.contains("nothing is at") ?? false)
        #expect(mkdir(bench.scratch.path("store"), 0o700) == 0)
        #expect(try health(vault).displacement?.contains("another directory is at") ?? false)
    }

    @Test func anAnchorThatWasExchangedIsNoticedBeforeTheNextStart() throws {
        let vault = try bench.open("store")
        let anchor = bench.scratch.path("store") + "/" + (try #require(try bench.anchors("store").first))
        #expect(rename(anchor, anchor + "x") == 0)
        #expect(try health(vault).displacement?.contains("is missing") ?? false)
        try bench.scratch.run("cp", "-a", "store/\((anchor as NSString).lastPathComponent)x", anchor)
        #expect(try health(vault).displacement?.contains("inode") ?? false)
    }

    @Test func aKeptAnchorIsToldWithItsWayOut() throws {
        let (source, target) = (try bench.open("source"), try bench.open("target"))
        let key = try bench.mint("a", into: source)
        let (_, code) = try bench.request(key, from: source, at: target)
        try bench.scratch.run("mv", "source/\(try #require(try bench.anchors("source").first))", "aside")
        let error = #expect(throws: LicenceError.self) { try bench.perform(.release(code), source) }
        #expect(error?.code == .codeWithheld)
        let told = try health(source)
        #expect(told.keptAnchor == LicenceError(.anchorKept, [.path: bench.scratch.path("source")]))
        #expect(told.displacement == nil)
        // Who was not there when it was moved can't see that it is gone, and has to be told.
        #expect(told.keptAnchor?.hint.contains("--forget-kept-anchor") == false)
    }

    /// Before a key is to leave: then it is refused, and the way out is to remove the link.
    @Test func aSecondNameOfTheAnchorIsToldOfBeforeAKeyIsToLeave() throws {
        let vault = try bench.open("store")
        _ = try bench.mint("a", into: vault)
        #expect(mkdir(bench.scratch.path("kept"), 0o700) == 0)
        let anchor = try #require(try bench.anchors("store").first)
        try bench.scratch.run("cp", "-al", "store/\(anchor)", "kept")
        let told = try health(vault)
        #expect(told.keptAnchor?.code == .anchorKept)
        #expect(told.keptAnchor?.parameters[.path] == bench.scratch.path("store"))
        #expect(told.keptAnchor?.hint.contains("find / -samefile \(bench.scratch.path("store"))/anchor.*/key") == true)
        #expect(told.keptAnchor?.hint.contains("--forget-kept-anchor") == false)
        try bench.scratch.run("rm", "-r", "kept")
        #expect(try health(vault).keptAnchor == nil)
    }
}
