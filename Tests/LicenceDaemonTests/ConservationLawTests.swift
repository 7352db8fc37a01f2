import Control
import Licensing
import TestKit
import Testing
import Vaults

@testable import LicenceDaemon

/// The law of conservation over the places of one machine.
@Suite struct ConservationLawTests {
    private let machine: Machine
    private let dongle: SharedVault
    private let key: TestKey

    init() async throws {
        machine = try Machine()
        dongle = try Machine.dongle("4711")
        try await machine.plug(dongle)
        key = try machine.mint("a", into: machine.local)
    }

    /// What is said of the key.
    private func verdict(_ machine: Machine? = nil) async throws -> ConservationLaw.Verdict? {
        let machine = machine ?? self.machine
        let readings = await machine.mounts.places.sideBySide { await PlaceReading(of: $0, isThorough: false) }
        return ConservationLaw(readings.compactMap(\.law)).verdicts[key.number]
    }

    /// Releases the key to the dongle.
    private func release() async throws -> (activation: String, transfer: TransferIdentifier) {
        let start = try await machine.desk.offer(key.number.description, anew: false, by: 0)
        let request = try await machine.desk.request(try start.text, to: "usb:4711", by: 0)
        let activation = try await machine.desk.release(
            try request.text, fingerprint: nil, evenIfInUse: false, by: 0)
        return (try activation.text, try #require(TransferIdentifier(activation.transfer.transfer)))
    }

    private var usb: Location { dongle.location }

    @Test func aKeyThatIsInOnePlaceIsInOrder() async throws {
        #expect(try await verdict() == .held(.local))
        _ = try await machine.desk.offer(key.number.description, anew: false, by: 0)
        #expect(try await verdict() == .held(.local))
    }

    @Test func aKeyIsOnItsWayFromItsReleaseUntilItIsActive() async throws {
        let (activation, transfer) = try await release()
        #expect(try await verdict() == .travelling(transfer, from: .local, to: usb))
        _ = try await machine.desk.activate(activation, by: 0)
        #expect(try await verdict() == .held(usb))
    }

    @Test func aDeclinedTransferIsOnItsWayUntilItIsTakenBack() async throws {
        let (_, transfer) = try await release()
        let declined = try await machine.desk.step(
            TransferStep.decline, transfer.description, side: .target, at: nil, by: 0)
        #expect(try await verdict() == .travelling(transfer, from: .local, to: usb))
        _ = try await machine.desk.reclaim(try declined.text, by: 0)
        #expect(try await verdict() == .held(.local))
    }

    @Test func aReleaseToAPlaceThatIsNotHereCanNotBeSeen() async throws {
        let there = try Machine(seed: 200)
        let start = try await machine.desk.offer(key.number.description, anew: false, by: 0)
        let request = try await there.desk.request(try start.text, to: "local", by: 0)
        let activation = try await machine.desk.release(
            try request.text, fingerprint: nil, evenIfInUse: false, by: 0)
        let transfer = try #require(TransferIdentifier(activation.transfer.transfer))
        #expect(try await verdict() == .gone(transfer, from: .local))
        #expect(try await verdict(there) == nil)
        _ = try await there.desk.activate(try activation.text, by: 0)
        #expect(try await verdict(there) == .held(.local))
        // Nothing is said any more of what was closed.
        let receipt = try await there.desk.step(
            TransferStep.receipt, transfer.description, side: .target, at: nil, by: 0)
        _ = try await machine.desk.settle(try receipt.text, by: 0)
        #expect(try await verdict() == nil)
    }

    @Test func aKeyInTwoPlacesBreaksTheLaw() async throws {
        try dongle.mint(key)
        #expect(try await verdict() == .broken(held: [.local, usb], travelling: []))
    }

    @Test func aKeyThatIsHereAndOnItsWayBreaksTheLaw() async throws {
        let (_, transfer) = try await release()
        let copy = try Machine.dongle("4712")
        try copy.mint(key)
        try await machine.plug(copy)
        #expect(try await verdict() == .broken(held: [copy.location], travelling: [transfer]))
    }

    /// Two machines may answer one start code; only the one whose request was released expects the key.
    @Test func aRequestThatWasNotReleasedCountsForNothing() async throws {
        let other = try Machine.dongle("4712")
        try await machine.plug(other)
        let start = try await machine.desk.offer(key.number.description, anew: false, by: 0)
        _ = try await machine.desk.request(try start.text, to: "usb:4712", by: 0)
        let (_, transfer) = try await release()
        #expect(try await verdict() == .travelling(transfer, from: .local, to: usb))
    }

    @Test func aPlaceThatIsLockedHoldsNothing() async throws {
        try dongle.mint(key)
        dongle.lock("it is a copy")
        #expect(try await verdict() == .held(.local))
    }
}
