import Control
import Crypto
import Dispatch
import Licensing
import TestKit
import Testing
import Vaults

@testable import LicenceDaemon

/// Applications and their licences.
@Suite struct LeaseDeskTests {
    private let machine: Machine
    private let application = Curve25519.KeyAgreement.PrivateKey()
    private let nonce = [UInt8](repeating: 9, count: 16)

    init() throws { machine = try Machine() }

    private func acquire(
        _ product: String = "Sample Runtime", version: String? = nil, connection: UInt64 = 1, holder: String? = "app"
    ) async throws -> Calls.Acquire.Reply {
        try await machine.leaseDesk.acquire(
            Calls.Acquire(
                product: product, productVersion: version, holder: holder, nonce: nonce.hexadecimal,
                point: Array(application.publicKey.rawRepresentation).hexadecimal),
            connection: connection, user: 1000, process: 77)
    }

    @Test func theProofIsThatOfTheKeyInTheCertificate() async throws {
        let key = try machine.mint("a", into: machine.local)
        let reply = try await acquire()
        #expect(reply.licence == key.number.description)
        #expect(reply.location == "local")
        let certificate = try Certificate(bytes: try #require([UInt8](hexadecimal: reply.certificate)))
        #expect(try Vendors([machine.vendor.vendor]).verify(certificate) == machine.vendor.vendor)
        let expected = try ProofAnswer(
            try #require(AgreementKey(Secret(Array(application.rawRepresentation)))), with: certificate.publicKey,
            certificate: certificate, nonce: nonce, lease: try #require([UInt8](hexadecimal: reply.lease)))
        #expect(reply.proof == expected.bytes.hexadecimal)
    }

    @Test func theSecondIsToldWhoUsesIt() async throws {
        try machine.mint("a", into: machine.local)
        _ = try await acquire(holder: "drive\u{1b}[2J 7")
        let error = await refuses(.allInUse) { try await acquire(connection: 2) }
        #expect(error?.parameters[.holder] == "drive[2J 7 (pid 77, uid 1000)")
        await machine.leaseDesk.connectionEnded(1)
        _ = try await acquire(connection: 2)
    }

    @Test func aFloatingLicenceGoesToAsManyAsItSaysWhoeverComesFirst() async throws {
        try machine.mint(
            "a",
            TestTerms().with {
                $0.type = .floating
                $0.quantity = 5
            }, into: machine.local)
        let given = await withTaskGroup(of: Bool.self) { group in
            for connection in 1...64 {
                group.addTask { (try? await acquire(connection: UInt64(connection))) != nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(given == 5)
    }

    @Test func theLocalStoreComesFirstAndADongleServesTheNext() async throws {
        let dongle = try Machine.dongle("4711")
        try machine.mint("a", into: machine.local)
        try machine.mint("b", into: dongle)
        try await machine.plug(dongle)
        #expect(try await acquire().location == "local")
        #expect(try await acquire().location == "usb:4711")
    }

    @Test func onlyTheVersionThatWasAskedForCounts() async throws {
        try machine.mint("a", into: machine.local)
        let older = await refuses(.productNotLicensed) { try await acquire(version: "4.3") }
        #expect(older?.message.hasSuffix("in local is for version 4.2") == true)
        let none = await refuses(.productNotLicensed) { try await acquire("Sample") }
        #expect(none?.message.hasSuffix(": no key for it is here") == true)
        let otherCase = await refuses(.productNotLicensed) { try await acquire("sample RUNTIME") }
        #expect(otherCase?.hint == "give the name as almctl list shows it: Sample Runtime")
        _ = try await acquire(version: "4.2")
    }

    @Test func keysThatMayNotBeUsedGiveNoLease() async throws {
        try machine.mint("expired", TestTerms().with { $0.validUntil = "2026-02-28" }, into: machine.local)
        let stranger = try TestVendor("Stranger").key("unknown")
        try machine.local.mint(stranger)
        let refused = await refuses(.productNotLicensed) { try await acquire() }
        #expect(refused?.message.contains("was valid until 2026-02-28") == true)
        #expect(refused?.hint.contains("renew") == true)
        try machine.mint("today", TestTerms().with { $0.validUntil = "2026-03-01" }, into: machine.local)
        _ = try await acquire()
        await machine.leaseDesk.connectionEnded(1)
        machine.clock.advance(days: 1)
        await refuses(.productNotLicensed) { try await acquire() }
    }

    @Test func aLockedStoreGivesNoLease() async throws {
        try machine.mint("a", into: machine.local)
        machine.local.lock("it is a copy")
        let refused = await refuses(.productNotLicensed) { try await acquire() }
        #expect(refused?.message.hasSuffix(": local is LOCKED: it is a copy") == true)
        #expect(refused?.hint.contains("put the store back") == true)
    }

    /// Of several keys that will not do, the one that comes nearest says why.
    @Test func aKeyOfAnUnknownVendorIsNamedBeforeOneOfAnotherVersion() async throws {
        try machine.local.mint(TestVendor("Stranger").key("unknown"))
        try machine.mint("old", TestTerms().with { $0.productVersion = "1.0" }, into: machine.local)
        let refused = await refuses(.productNotLicensed) { try await acquire(version: "4.2") }
        #expect(refused?.message.contains("no vendor with identifier") == true)
        #expect(refused?.hint.contains("vendors folder") == true)
    }

    @Test func aPlaceThatFailsGivesNoLeaseAndAnotherDoes() async throws {
        let dongle = try Machine.dongle("4711")
        try machine.mint("a", into: machine.local)
        try machine.mint("b", into: dongle)
        try await machine.plug(dongle)
        machine.local.fail(with: LicenceError(.storeFailed, [.location: "local", .detail: "gone"]))
        #expect(try await acquire().location == "usb:4711")
    }

    @Test func aPulledDongleEndsItsLeasesAndTellsSo() async throws {
        let dongle = try Machine.dongle("4711")
        try machine.mint("a", into: dongle)
        try machine.mint("b", TestTerms().with { $0.product = "Other" }, into: machine.local)
        let port = try await machine.plug(dongle)
        _ = try await acquire()
        _ = try await acquire("Other")
        let events = machine.events.watch()
        await machine.mounts.departed(port)
        #expect(await machine.posted(events) == ["unmounted usb:4711", "released usb:4711"])
        #expect(await machine.list.list().keys.map(\.inUse) == [true])
    }

    /// A lease that ended before its proof was made is not handed out, and the next key is tried.
    @Test func aLeaseThatEndsWhileItsProofIsMadeIsNotGiven() async throws {
        let dongle = try Machine.dongle("4711")
        try machine.mint("a", into: machine.local)
        try machine.mint("b", into: dongle)
        try await machine.plug(dongle)
        let leases = machine.leases
        machine.local.whenProving {
            let done = DispatchSemaphore(value: 0)
            // Ends before this returns.
            Task {
                _ = await leases.placeLeft(.local)
                done.signal()
            }
            done.wait()
        }
        let events = machine.events.watch()
        #expect(try await acquire().location == "usb:4711")
        #expect(await machine.posted(events) == ["leased usb:4711"])
    }

    @Test func everyLeaseIsToldOfWhenItBeginsAndEnds() async throws {
        try machine.mint("a", into: machine.local)
        let events = machine.events.watch()
        _ = try await acquire()
        await machine.leaseDesk.connectionEnded(1)
        #expect(await machine.posted(events) == ["leased local", "released local"])
    }

    @Test(arguments: ["", "zz", "00", String(repeating: "00", count: 65)])
    func aMalformedNonceIsRefusedAndTakesNoLease(_ nonce: String) async throws {
        try machine.mint("a", into: machine.local)
        let point = Array(application.publicKey.rawRepresentation).hexadecimal
        let call = Calls.Acquire(
            product: "Sample Runtime", productVersion: nil, holder: nil, nonce: nonce, point: point)
        await refuses(.challengeRefused) {
            try await machine.leaseDesk.acquire(call, connection: 1, user: 1, process: 1)
        }
        _ = try await acquire()
    }

    @Test func aPointOfLowOrderIsRefused() async throws {
        try machine.mint("a", into: machine.local)
        let call = Calls.Acquire(
            product: "Sample Runtime", productVersion: nil, holder: nil, nonce: nonce.hexadecimal,
            point: String(repeating: "00", count: 32))
        await refuses(.challengeRefused) {
            try await machine.leaseDesk.acquire(call, connection: 1, user: 1, process: 1)
        }
    }
}
