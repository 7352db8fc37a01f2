import DongleProtocol
import Dongles
import Licensing
import TestKit
import Testing
import Vaults

@testable import LicenceDaemon

/// Which dongles are mounted, which are refused, and what is remembered of them.
@Suite struct MountTableTests {
    private let machine: Machine

    init() throws { machine = try Machine() }

    private func locations(_ machine: Machine? = nil) async -> [String] {
        await (machine ?? self.machine).mounts.places.map(\.location.description)
    }

    @Test func severalAreMountedAtOnceInOrderOfTheirNumbers() async throws {
        let events = machine.events.watch()
        let later = try await machine.plug(try Machine.dongle("4712"))
        try await machine.plug(try Machine.dongle("4711"))
        #expect(await locations() == ["local", "usb:4711", "usb:4712"])
        await machine.mounts.departed(later)
        await machine.mounts.departed(later)
        #expect(await locations() == ["local", "usb:4711"])
        #expect(await machine.posted(events) == ["mounted usb:4712", "mounted usb:4711", "unmounted usb:4712"])
    }

    @Test func whatIsNotPluggedInIsNamed() async throws {
        let error = await refuses(.dongleMissing) { try await machine.mounts.place(at: Location("usb:4711")) }
        #expect(error?.parameters[.serial] == "4711")
    }

    @Test func theSecondOfOneNumberIsRefusedAndTakesOverOnceTheFirstIsGone() async throws {
        let (first, second) = (try Machine.dongle("4711"), try Machine.dongle("4711"))
        let key = try machine.mint("a", into: second)
        let port = try await machine.plug(first)
        let events = machine.events.watch()
        try await machine.plug(second)
        #expect(await locations() == ["local", "usb:4711"])
        #expect(await machine.mounts.refusals.map(\.error.code) == [.dongleDuplicate])
        #expect(try await machine.mounts.place(at: Location("usb:4711")).keys().isEmpty)
        await machine.mounts.departed(port)
        #expect(await machine.mounts.refusals.isEmpty)
        #expect(try await machine.mounts.place(at: Location("usb:4711")).keys().map(\.number) == [key.number])
        #expect(await machine.posted(events) == ["refused usb:4711", "unmounted usb:4711", "mounted usb:4711"])
    }

    @Test func aRefusedSecondThatIsPulledOutIsForgotten() async throws {
        let first = try await machine.plug(try Machine.dongle("4711"))
        let second = try await machine.plug(try Machine.dongle("4711"))
        await machine.mounts.departed(second)
        await machine.mounts.departed(first)
        #expect(await locations() == ["local"])
        #expect(await machine.mounts.refusals.isEmpty)
    }

    @Test func aDongleThatCameBackOlderIsRefusedUntilAnAdministratorAcceptsIt() async throws {
        let (ahead, behind) = (try Machine.dongle("4711"), try Machine.dongle("4711"))
        let key = try machine.mint("a", into: ahead)
        try machine.mint("b", into: ahead)
        try behind.mint(key)
        await machine.mounts.departed(try await machine.plug(ahead))
        let events = machine.events.watch()
        try await machine.plug(behind)
        let error = await refuses(.dongleRestored) { try await machine.mounts.place(at: Location("usb:4711")) }
        #expect(error?.parameters[.serial] == "4711")
        try await machine.mounts.accept(try #require(SerialNumber("4711")))
        #expect(try await machine.mounts.place(at: Location("usb:4711")).keys().count == 1)
        #expect(await machine.posted(events) == ["refused usb:4711", "mounted usb:4711"])
    }

    @Test func aDongleThatCameBackOlderIsRefusedAlsoByADaemonThatWasStartedAnew() async throws {
        let (ahead, behind) = (try Machine.dongle("4711"), try Machine.dongle("4711"))
        try machine.mint("a", into: ahead)
        try await machine.plug(ahead)
        let again = try Machine(in: machine.scratch)
        try await again.plug(behind)
        #expect(await again.mounts.refusals.map(\.error.code) == [.dongleRestored])
    }

    /// Of two refused ones of one number, accepting means the one that came back older, whichever was plugged in first.
    @Test func acceptingMountsTheOneThatItIsAbout() async throws {
        let (ahead, behind, third) = (
            try Machine.dongle("4711"), try Machine.dongle("4711"), try Machine.dongle("4711")
        )
        let key = try machine.mint("a", into: ahead)
        try behind.mint(key)
        try machine.mint("b", into: ahead)
        let port = try await machine.plug(ahead)
        try await machine.plug(behind)
        // While it waits as the second of its number it is not looked at; then it is found to be older.
        #expect(await machine.mounts.refusals.map(\.error.code) == [.dongleDuplicate])
        await machine.mounts.departed(port)
        #expect(await machine.mounts.refusals.map(\.error.code) == [.dongleRestored])
        try await machine.plug(third)
        #expect(await machine.mounts.refusals.map(\.error.code) == [.dongleRestored, .dongleRestored])
        #expect(await locations() == ["local"])
        // The memory holds on to the last that was refused, and the older of the two is never mounted unseen.
        try await machine.mounts.accept(try #require(SerialNumber("4711")))
        #expect(await locations() == ["local", "usb:4711"])
    }

    @Test func acceptingWhatWasNeverSeenIsRefused() async throws {
        let serial = try #require(SerialNumber("4711"))
        await refuses(.dongleUnknown) { try await machine.mounts.accept(serial) }
    }

    @Test func whatIsPulledOutWhileItIsGreetedIsNeverMounted() async throws {
        let port = DonglePort(source: "hand")
        await machine.mounts.greets(port)
        let greeted = try await Machine.greeted(try Machine.dongle("4711"))
        await machine.mounts.departed(port)
        let events = machine.events.watch()
        await machine.mounts.arrived(port, greeted)
        #expect(await locations() == ["local"])
        #expect(await machine.posted(events) == [])
    }

    @Test func noMoreAreMountedThanTheCap() async throws {
        var ports: [DonglePort] = []
        for number in 0...DongleCaps.inUse {
            ports.append(try await machine.plug(try Machine.dongle("D\(number)")))
        }
        #expect(await machine.mounts.places.count == 1 + DongleCaps.inUse)
        #expect(await machine.mounts.refusals.map(\.serial.description) == ["D\(DongleCaps.inUse)"])
        #expect(await machine.mounts.refusals.map(\.error.code) == [.tooManyDongles])
        #expect(await machine.mounts.refusals.first?.error.message.contains("the 32 that may be") == true)
        // Whoever waited has the place of the first that goes.
        await machine.mounts.departed(try #require(ports.first))
        #expect(await machine.mounts.places.count == 1 + DongleCaps.inUse)
        #expect(await machine.mounts.refusals.isEmpty)
    }

    @Test func theTransfersOfADongleAreKnownOnceItWasHereEvenIfNothingWasDoneWithItHere() async throws {
        let dongle = try Machine.dongle("4711")
        let key = try machine.mint("a", into: dongle)
        let occasion = Occasion(now: Timestamp(seconds: 5), user: 0)
        let offer = try dongle.perform(.offer(key.number, anew: false), on: occasion)
        let port = try await machine.plug(dongle)
        #expect(try await machine.mounts.absentTransfers().isEmpty)
        await machine.mounts.departed(port)
        #expect(try await machine.mounts.absentTransfers().map(\.transfer) == [offer.transfer])
        // What happened to it elsewhere counts as soon as it is back.
        _ = try dongle.perform(.cancel(offer.transfer.identifier), on: occasion)
        await machine.mounts.departed(try await machine.plug(dongle))
        #expect(try await machine.mounts.absentTransfers().map(\.transfer.stateName) == ["WITHDRAWN"])
    }
}
