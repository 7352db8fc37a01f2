import Control
import Foundation
import Testing

/// Stores that are copied or restored never give a second usable key.
struct CopyTests {
    /// Where the transfer stands when the backup is taken.
    enum Moment: CaseIterable, Sendable { case held, open, released, declined }

    /// A source and a target whose transfer stands at a moment.
    struct Scene {
        let workshop: Workshop
        let licence: String
        let source: Machine
        let target: Machine
        var request = ""
        var activation = ""

        init(at moment: Moment) async throws {
            workshop = try await Workshop()
            licence = workshop.licences[0]
            source = try await workshop.machine("source", holding: [licence])
            target = try await workshop.machine("target")
            guard moment != .held else { return }
            try await open()
            guard moment != .open else { return }
            try await release()
            guard moment != .released else { return }
            try await decline()
        }

        mutating func open() async throws {
            let start = try await source.code("start", licence)
            request = try await target.code("request", "--input", "-", "--to", "local", input: start)
        }

        mutating func release() async throws {
            activation = try await source.code("activation", "--input", "-", input: request)
        }

        @discardableResult
        func decline() async throws -> String {
            let name = try #require(try await target.transfers(all: true).first?["transfer"] as? String)
            return try await target.code("decline", name)
        }
    }

    @Test(arguments: Moment.allCases)
    func aCopyOpensLocked(_ moment: Moment) async throws {
        var scene = try await Scene(at: moment)
        for original in [scene.source, scene.target] {
            await original.stop()
            let copy = "\(scene.workshop.folder)/copy-\(original.name)"
            try await shell("cp", "-a", original.state, copy)
            let clone = try await scene.workshop.machine("copy-\(original.name)", state: copy)
            try await expectLocked(clone)
            await clone.stop()
            try await original.start()
        }
        // The originals are as they were, and the transfer goes on.
        if moment == .held { try await scene.open() }
        if moment == .held || moment == .open { try await scene.release() }
        if moment != .declined {
            try await scene.target.succeeds("activate", "--input", "-", input: scene.activation)
            #expect(try await scene.target.state(of: scene.licence) == "HELD")
        }
    }

    @Test func aSourceRestoredToBeforeItsReleaseIsLocked() async throws {
        var scene = try await Scene(at: .open)
        try await backUp(scene.source, in: scene.workshop)
        try await scene.release()
        try await restore(scene.source, in: scene.workshop)
        try await expectLocked(scene.source)
        #expect(try await scene.source.refusal("activation", "--input", "-", input: scene.request) == "vaultLocked")
        try await scene.target.succeeds("activate", "--input", "-", input: scene.activation)
        #expect(try await scene.target.state(of: scene.licence) == "HELD")
        #expect(try await usableKeys(scene) == 1)
    }

    @Test func aTargetRestoredToBeforeItsDeclineIsLocked() async throws {
        var scene = try await Scene(at: .open)
        try await backUp(scene.target, in: scene.workshop)
        try await scene.release()
        let back = try await scene.decline()
        try await restore(scene.target, in: scene.workshop)
        #expect(try await scene.target.refusal("activate", "--input", "-", input: scene.activation) == "vaultLocked")
        try await scene.source.succeeds("reclaim", "--input", "-", input: back)
        #expect(try await usableKeys(scene) == 1)
    }

    @Test func aSourceRestoredToAfterItsReleaseStillShowsTheActivationCode() async throws {
        let scene = try await Scene(at: .released)
        try await backUp(scene.source, in: scene.workshop)
        try await restore(scene.source, in: scene.workshop)
        // The restored files are the store's own, but not in the anchor's place any more.
        #expect(try await scene.source.code("activation", "--input", "-", input: scene.request) == scene.activation)
        try await scene.target.succeeds("activate", "--input", "-", input: scene.activation)
        #expect(try await usableKeys(scene) == 1)
    }

    private func usableKeys(_ scene: Scene) async throws -> Int {
        var count = 0
        for machine in [scene.source, scene.target] {
            count += try await machine.keys().values.count { $0["usable"] as? Bool == true }
        }
        return count
    }

    private func expectLocked(_ machine: Machine) async throws {
        #expect(try await machine.places().first?.state == "LOCKED")
        #expect(try await machine.keys().values.allSatisfy { $0["state"] as? String == "LOCKED" })
    }

    private func backUp(_ machine: Machine, in workshop: Workshop) async throws {
        await machine.stop()
        try await shell("cp", "-a", machine.state, "\(workshop.folder)/backup")
        try await machine.start()
    }

    /// Puts the backup back in place of the store, the directory itself included.
    private func restore(_ machine: Machine, in workshop: Workshop) async throws {
        await machine.stop()
        try await shell("rm", "-rf", machine.state)
        try await shell("cp", "-a", "\(workshop.folder)/backup", machine.state)
        try await machine.start()
    }

    private func shell(_ arguments: String...) async throws {
        let result = try await Command("/usr/bin/env", arguments).result()
        try #require(result.status == 0, "\(arguments): \(result.errors)")
    }
}
