import Licensing
import TestKit
import Testing
import Vaults

@testable import LicenceDaemon

/// Who may use a licence at the same time, and until when.
@Suite struct LeaseTableTests {
    private let table = LeaseTable()
    private let vendor: TestVendor

    init() throws { vendor = try TestVendor() }

    private func key(_ name: String = "a", _ type: LicenceType = .single, _ quantity: UInt16 = 1) throws -> TestKey {
        try vendor.key(
            name,
            TestTerms().with {
                $0.type = type
                $0.quantity = quantity
            })
    }

    private func lease(
        _ key: TestKey, _ name: String, connection: UInt64 = 1, user: UInt32 = 1000, at location: Location = .local
    ) -> LeaseTable.Lease {
        LeaseTable.Lease(
            identifier: name, licence: key.number, location: location, connection: connection, user: user, holder: name)
    }

    @Test(arguments: [(LicenceType.single, 1), (.floating, 3), (.count, 1)])
    func asManyLeasesAreGivenAsTheLicenceAllows(_ type: LicenceType, _ allowed: Int) async throws {
        let key = try key("a", type, type == .single ? 1 : 3)
        for number in 1...5 {
            let given = try await table.take(lease(key, "app \(number)"), of: key.certificate)
            #expect((given != nil) == (number <= allowed))
        }
        await table.giveBack("app 1")
        #expect(await table.holders(of: key.number).count == allowed - 1)
        #expect(try await table.take(lease(key, "again"), of: key.certificate) != nil)
    }

    @Test func aUserHasNoMoreLeasesThanTheCapAndOthersStillGetTheirs() async throws {
        let key = try key("a", .floating, .max)
        for number in 0..<LeaseTable.leasesPerUser {
            _ = try await table.take(lease(key, "\(number)", connection: UInt64(number)), of: key.certificate)
        }
        let table = table
        let (more, other) = (lease(key, "more"), lease(key, "other", user: 1001))
        await refuses(.tooManyLeases) { try await table.take(more, of: key.certificate) }
        #expect(try await table.take(other, of: key.certificate) != nil)
        _ = await table.connectionEnded(5)
        #expect(try await table.take(more, of: key.certificate) != nil)
    }

    @Test func theEndOfAConnectionFreesItsOwnLeasesAndNoOthers() async throws {
        let (a, b) = (try key("a", .floating, 4), try key("b"))
        _ = try await table.take(lease(a, "a1", connection: 1), of: a.certificate)
        _ = try await table.take(lease(a, "a2", connection: 2), of: a.certificate)
        _ = try await table.take(lease(b, "b1", connection: 1), of: b.certificate)
        #expect(await table.connectionEnded(1).map(\.identifier) == ["a1", "b1"])
        #expect(await table.connectionEnded(1).isEmpty)
        #expect(await table.holders(of: a.number).map(\.identifier) == ["a2"])
    }

    @Test func aKeyInUseIsNotGivenUpAndItsUserIsNamed() async throws {
        let key = try key()
        _ = try await table.take(lease(key, "drive 7"), of: key.certificate)
        let table = table
        let error = await refuses(.keyInUse) {
            try await table.beginLeaving(key.number, at: .local, evenIfInUse: false)
        }
        #expect(error?.parameters[.holder] == "drive 7")
        // A refusal begins nothing: the key can be acquired by the next one.
        _ = await table.connectionEnded(1)
        #expect(try await table.take(lease(key, "next"), of: key.certificate) != nil)
    }

    @Test(arguments: [false, true])
    func leasesEndIfTheKeyLeftAndStayIfItDidNot(_ left: Bool) async throws {
        let key = try key("a", .floating, 3)
        _ = try await table.take(lease(key, "old"), of: key.certificate)
        try await table.beginLeaving(key.number, at: .local, evenIfInUse: true)
        #expect(try await table.take(lease(key, "meanwhile"), of: key.certificate) == nil)
        let ended = await table.endLeaving(key.number, at: .local, left: left)
        #expect(ended.map(\.identifier) == (left ? ["old"] : []))
        #expect(await table.isHeld("old") == !left)
        #expect(try await table.take(lease(key, "after"), of: key.certificate) != nil)
    }

    @Test func aKeyStaysClosedUntilTheLastStepThatGivesItUpHasEnded() async throws {
        let key = try key()
        try await table.beginLeaving(key.number, at: .local, evenIfInUse: false)
        try await table.beginLeaving(key.number, at: .local, evenIfInUse: false)
        _ = await table.endLeaving(key.number, at: .local, left: false)
        #expect(try await table.take(lease(key, "early"), of: key.certificate) == nil)
        _ = await table.endLeaving(key.number, at: .local, left: false)
        #expect(try await table.take(lease(key, "late"), of: key.certificate) != nil)
    }

    @Test func aKeyThatLeavesOnePlaceDoesNotEndItsLeasesInAnother() async throws {
        let key = try key()
        let dongle = Location.usb(try #require(SerialNumber("4711")))
        _ = try await table.take(lease(key, "app", at: dongle), of: key.certificate)
        try await table.beginLeaving(key.number, at: .local, evenIfInUse: false)
        #expect(await table.endLeaving(key.number, at: .local, left: true).isEmpty)
        #expect(await table.isHeld("app"))
        #expect(await table.placeLeft(.local).isEmpty)
        #expect(await table.placeLeft(dongle).map(\.identifier) == ["app"])
    }

    @Test func ofManyAtOnceExactlyAsManyGetALeaseAsThereAre() async throws {
        let key = try key("a", .floating, 5)
        let table = table
        let given = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                let wanted = lease(key, "\(number)", connection: UInt64(number))
                group.addTask { try await table.take(wanted, of: key.certificate) != nil }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(given == 5)
    }
}
