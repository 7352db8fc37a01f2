import Control
import Dongles
import Licensing
import Logging
import ServiceLifecycle
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import LicenceDaemon

/// A disk that fails ends the daemon, by whichever call it comes out.
@Suite struct StoreFailureTests {
    private static let failed = LicenceError(.storeFailed, [.location: "local", .detail: "EIO"])
    private let machine: Machine

    init() throws { machine = try Machine() }

    /// What the daemon ends with.
    private func ending() async -> LicenceError? {
        let group = ServiceGroup(
            services: [machine.storeFailure], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return await #expect(throws: LicenceError.self) { try await group.run() }
    }

    @Test func aStepThatFindsTheDiskFailedEndsTheDaemonWithThatError() async throws {
        machine.local.fail(with: Self.failed)
        let place = try await machine.mounts.place(at: .local)
        await refuses(.storeFailed) {
            try await machine.desk.answer(to: .show(try #require(TransferIdentifier("7K3MQ2"))), at: place, by: 0)
        }
        #expect(await ending() == Self.failed)
    }

    @Test func aListThatFindsTheDiskFailedEndsTheDaemonToo() async throws {
        machine.local.fail(with: Self.failed)
        #expect(await machine.list.list().places.map(\.state) == ["REFUSED"])
        #expect(await ending() == Self.failed)
    }

    @Test func aSearchThatFindsTheDiskFailedEndsTheDaemonToo() async throws {
        machine.local.fail(with: Self.failed)
        await refuses(.storeFailed) { try await machine.desk.offer("7K3", anew: false, by: 0) }
        #expect(await ending() == Self.failed)
    }

    @Test func neitherADonglesDiskNorAnotherErrorEndsTheDaemon() async throws {
        let dongle = try Machine.dongle("4711")
        let key = try machine.mint("a", into: dongle)
        try await machine.plug(dongle, fault: CableFault(.full, from: 4))
        await refuses(.storeFailed) { try await machine.desk.offer(key.number.description, anew: false, by: 0) }
        machine.local.fail(with: LicenceError(.vaultLocked, [.location: "local", .reason: "a copy"]))
        _ = await machine.list.list()
        let group = ServiceGroup(
            services: [machine.storeFailure], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
