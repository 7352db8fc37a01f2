import Control
import Dongles
import Licensing
import TestKit
import Testing
import Vaults

@testable import LicenceDaemon

/// What `almctl list` shows.
@Suite struct KeyListTests {
    private let machine: Machine

    init() throws { machine = try Machine() }

    @Test func aKeyIsListedWithEverythingThatItsCertificateSays() async throws {
        let key = try machine.mint(
            "a",
            TestTerms().with {
                $0.type = .floating
                $0.quantity = 7
                $0.validUntil = "2027-12-31"
            }, into: machine.local)
        let list = await machine.list.list()
        let entry = try #require(list.keys.first)
        #expect(list.keys.count == 1)
        #expect(entry.licence == key.number.description)
        #expect((entry.product, entry.productVersion) == ("Sample Runtime", "4.2"))
        #expect((entry.type, entry.quantity, entry.vendor) == ("floating", 7, "Sample Works"))
        #expect((entry.location, entry.state, entry.usable, entry.problem) == ("local", "HELD", true, nil))
        #expect((entry.issued, entry.validUntil) == ("2026-01-15", "2027-12-31"))
        #expect(entry.certificate == key.certificate.bytes.hexadecimal)
        #expect(list.places.map(\.state) == ["READY"])
        #expect(list.places.map(\.keys) == [1])
    }

    @Test func anOfferedKeyIsUsableAndNamesItsTransfer() async throws {
        let key = try machine.mint("a", into: machine.local)
        let step = try await machine.desk.offer(key.number.description, anew: false, by: 0)
        let entry = try #require(await machine.list.list().keys.first)
        #expect((entry.state, entry.usable, entry.transfer) == ("OFFERED", true, step.transfer.transfer))
        _ = try await machine.desk.step(
            TransferStep.cancel, step.transfer.transfer, side: .source, at: nil, by: 0)
        #expect(await machine.list.list().keys.first?.state == "HELD")
    }

    @Test func whyAKeyMayNotBeUsedIsSaid() async throws {
        try machine.mint("a", TestTerms().with { $0.validUntil = "2026-03-01" }, into: machine.local)
        #expect(await machine.list.list().keys.map(\.usable) == [true])
        machine.clock.advance(days: 1)
        let expired = try #require(await machine.list.list().keys.first)
        #expect(!expired.usable)
        #expect(expired.problem?.contains("valid until 2026-03-01") == true)

        let other = try Machine()
        try other.local.mint(try TestVendor("Stranger").key("b"))
        let unknown = try #require(await other.list.list().keys.first)
        #expect((unknown.usable, unknown.vendor, unknown.state) == (false, nil, "HELD"))
        #expect(unknown.problem?.contains("no vendor") == true)
    }

    @Test func aLockedStoreIsListedAsSuch() async throws {
        try machine.mint("a", into: machine.local)
        machine.local.lock("it is a copy")
        let list = await machine.list.list()
        #expect(list.keys.map(\.state) == ["LOCKED"])
        #expect(list.keys.map(\.problem) == ["it is a copy"])
        #expect(list.places.map(\.state) == ["LOCKED"])
        #expect(list.places.map(\.problem) == ["it is a copy"])
    }

    @Test func aDongleThatDiesWhileItIsListedIsShownAsRefusedAndTheOthersAreListed() async throws {
        let (good, bad) = (try Machine.dongle("4712"), try Machine.dongle("4711"))
        try machine.mint("a", into: machine.local)
        try machine.mint("b", into: good)
        try machine.mint("c", into: bad)
        // Two exchanges greet it; then it is asked what it is, for its transfers and for its keys.
        try await machine.plug(bad, fault: CableFault(.pullWithin, from: 5))
        try await machine.plug(good)
        let list = await machine.list.list()
        #expect(list.keys.map(\.location) == ["local", "usb:4712"])
        #expect(list.places.map(\.location) == ["local", "usb:4711", "usb:4712"])
        #expect(list.places.map(\.state) == ["READY", "REFUSED", "READY"])
        #expect(list.places[1].problem?.contains("4711 was pulled out") == true)
    }

    @Test func aRefusedDongleIsListedWithTheReason() async throws {
        try await machine.plug(try Machine.dongle("4711"))
        try await machine.plug(try Machine.dongle("4711"))
        let list = await machine.list.list()
        #expect(list.places.map(\.state) == ["READY", "READY", "REFUSED"])
        #expect(list.places.last?.problem?.contains("second dongle with serial number 4711") == true)
        #expect(list.places.last?.cure == "unplug one of the two")
    }

    /// The first answers only once the second was asked: one after the other, that would never be.
    @Test func everyPlaceIsAskedAtTheSameTime() async throws {
        let (first, second) = (Gate(), Gate())
        let answers = await [1, 2, 3].sideBySide { number in
            switch number {
            case 1: await first.pass()
            case 2:
                await second.pass()
                first.open()
            default: second.open()
            }
            return number
        }
        #expect(answers == [1, 2, 3])
    }
}
