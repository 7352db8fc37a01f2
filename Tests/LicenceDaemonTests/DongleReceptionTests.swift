import Control
import Dongles
import Foundation
import Licensing
import Logging
import ServiceLifecycle
import Testing
import Vaults

@testable import LicenceDaemon

/// Dongles as they arrive from a source, in any state.
@Suite struct DongleReceptionTests {
    private let machine: Machine
    private let source = HandSource()

    init() throws { machine = try Machine() }

    /// Runs a reception during `body`, and then has it end as a daemon does.
    private func receiving(_ body: (DongleReception) async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let reception = DongleReception(source: source, mounts: machine.mounts, logger: logger)
        let group = ServiceGroup(services: [reception], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body(reception)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// What is posted from now on, as "kind location".
    private func posts() -> AsyncStream<String> {
        let events = machine.events.watch()
        return AsyncStream { continuation in
            let task = Task {
                for await event in events { continuation.yield("\(event.kind) \(event.location ?? "")") }
                continuation.finish()
            }
            // Ends with its reader.
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    @Test func mountsOnPlugAndUnmountsOnUnplug() async throws {
        var posts = posts().makeAsyncIterator()
        try await receiving { _ in
            let port = try #require(source.plug(try Cable(to: try Machine.dongle("4711"))))
            let posted1 = await posts.next(isolation: #isolation)
            #expect(posted1 == "mounted usb:4711")
            source.events.depart(port)
            let posted2 = await posts.next(isolation: #isolation)
            #expect(posted2 == "unmounted usb:4711")
        }
    }

    @Test func isSettledOnceThoseThatWereThereAreMountedOrRefused() async throws {
        #expect(source.plug(try Cable(to: try Machine.dongle("4711"))) != nil)
        #expect(source.plug(try Cable(to: try Machine.dongle("4711"))) != nil)
        #expect(source.plug(try Cable(to: try Machine.dongle("4712"), fault: CableFault(.garbage))) != nil)
        source.events.depart(try #require(source.plug(SilentCable())))
        try await receiving { reception in
            await reception.settled.pass()
            #expect(await machine.mounts.places.map(\.location.description) == ["local", "usb:4711"])
            #expect(await machine.mounts.refusals.map(\.serial.description) == ["4711"])
        }
    }

    @Test func isSettledAtOnceWhereNothingWasThere() async throws {
        try await receiving { await $0.settled.pass() }
    }

    @Test func aSilentOrGarbledOneHoldsUpNoOtherAndNotTheEnd() async throws {
        var posts = posts().makeAsyncIterator()
        try await receiving { _ in
            // More than there are threads for tasks: waiting for a dongle takes none of those.
            for _ in 0..<(ProcessInfo.processInfo.activeProcessorCount + 8) {
                #expect(source.plug(SilentCable()) != nil)
            }
            for kind in [CableFault.Kind.garbage, .short, .wrongSequence, .silent, .pullBefore] {
                let cable = try Cable(to: try Machine.dongle("BAD-\(kind.rawValue)"), fault: CableFault(kind))
                #expect(source.plug(cable) != nil)
            }
            #expect(source.plug(try Cable(to: try Machine.dongle("4711"))) != nil)
            let posted3 = await posts.next(isolation: #isolation)
            #expect(posted3 == "mounted usb:4711")
        }
        #expect(await machine.mounts.refusals.isEmpty)
    }

    @Test(arguments: 1...2)
    func oneThatFailsAtAnyQuestionOfTheGreetingIsNotMounted(_ exchange: UInt32) async throws {
        var posts = posts().makeAsyncIterator()
        try await receiving { _ in
            let bad = try Cable(
                to: try Machine.dongle("BAD"), fault: CableFault(.garbage, from: exchange))
            #expect(source.plug(bad) != nil)
            #expect(source.plug(try Cable(to: try Machine.dongle("4711"))) != nil)
            let posted4 = await posts.next(isolation: #isolation)
            #expect(posted4 == "mounted usb:4711")
        }
        #expect(await machine.mounts.places.count == 2)
    }
}
