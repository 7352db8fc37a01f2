import Control
import Dongles
import Licensing
import LinuxSystem
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import LicenceDaemon

/// Moving a key between the places of one machine, and going on with a move that was cut off.
@Suite struct MoveTests {
    /// From where to where; the first dongle named is the one whose cable fails.
    enum Route: String, CaseIterable, Sendable {
        case localToDongle, dongleToLocal, betweenDonglesSourceFails, betweenDonglesTargetFails

        var cutsTheSource: Bool { self == .dongleToLocal || self == .betweenDonglesSourceFails }
    }

    /// A machine with a key in one place and an empty other place.
    private struct Scene {
        let machine: Machine
        let key: TestKey
        let source: SharedVault
        let target: SharedVault

        init(_ route: Route, capacity: VaultCapacity = .dongle) throws {
            machine = try Machine()
            let (one, two) = (try Machine.dongle("1"), try Machine.dongle("2", capacity: capacity))
            source = route == .localToDongle ? machine.local : one
            target = route == .dongleToLocal ? machine.local : two
            key = try machine.mint("a", into: source)
        }

        var vaults: [SharedVault] { [source, target] }

        func move(evenIfInUse: Bool = false) async throws -> StepEntry {
            try await machine.desk.move(
                key.number.description, to: target.location.description, evenIfInUse: evenIfInUse, by: 0)
        }

        func checkArrived(_ location: SourceLocation = #_sourceLocation) throws {
            #expect(try source.keys().isEmpty, sourceLocation: location)
            #expect(try target.keys().map(\.number) == [key.number], sourceLocation: location)
            #expect(try source.transfers().allSatisfy { !$0.isUnfinished }, sourceLocation: location)
            #expect(try target.transfers().allSatisfy { !$0.isUnfinished }, sourceLocation: location)
        }
    }

    @Test(arguments: Route.allCases)
    func aMoveBringsTheKeyOverAndClosesItsBooks(_ route: Route) async throws {
        let scene = try Scene(route)
        for vault in scene.vaults where vault.location != .local { try await scene.machine.plug(vault) }
        let events = scene.machine.events.watch()
        let step = try await scene.move()
        #expect((step.transfer.state, step.transfer.next, step.code) == ("ACTIVE", "", []))
        try scene.checkArrived()
        // Offer, request, release, activation and settlement, each told of where it happened.
        let (source, target) = (scene.source.location.description, scene.target.location.description)
        #expect(await scene.machine.posted(events) == [source, target, source, target, source].map { "changed \($0)" })
    }

    @Test(arguments: Route.allCases, [CableFault.Kind.pullBefore, .pullAfter])
    func cutOffAnywhereItGoesOnAndThereIsOneKeyThroughout(_ route: Route, _ kind: CableFault.Kind) async throws {
        var cuts = 0
        // The greeting takes three exchanges; the last round is the one that no fault reached.
        for exchange in 4...UInt32.max {
            let scene = try Scene(route)
            let goOn = "go on: almctl move \(scene.key.number) --to \(scene.target.location)"
            let faulty = route.cutsTheSource ? scene.source : scene.target
            let sound = route.cutsTheSource ? scene.target : scene.source
            if sound.location != .local { try await scene.machine.plug(sound) }
            let port = try await scene.machine.plug(faulty, fault: CableFault(kind, from: exchange))
            let wasDone = (try? await scene.move()) != nil
            #expect(try keysInTheWorld(scene.key.number, scene.source, scene.target) == 1)
            let place = try await scene.machine.mounts.place(at: faulty.location)
            if wasDone, (try? await place.status()) != nil { break }
            cuts += 1

            await scene.machine.mounts.departed(port)
            for entry in try await scene.machine.desk.list(all: false) {
                #expect(
                    entry.present || entry.next.hasPrefix("plug in dongle \(faulty.location.description.dropFirst(4));")
                )
                #expect(entry.next.contains(goOn))
            }
            for finding in await report(scene.machine) where finding.object == scene.key.number.description {
                #expect(finding.cure?.contains(goOn) ?? false, "\(finding)")
            }
            try await scene.machine.plug(faulty)
            if try scene.target.keys().contains(where: { $0.number == scene.key.number }),
                try scene.source.transfers()
                    .allSatisfy({ !$0.isUnfinished })
            {
                // Only the last answer was lost.
                #expect(try await scene.move().repeated)
            } else {
                _ = try await scene.move()
            }
            #expect(try keysInTheWorld(scene.key.number, scene.source, scene.target) == 1)
            try scene.checkArrived()
        }
        #expect(cuts > 5)
    }

    private func report(_ machine: Machine) async -> [FindingEntry] {
        await machine.diagnosis().report(for: PeerCredentials(user: 0, group: 0, process: 1)).findings
    }

    /// Nothing left when the target's answer was lost; where to the key was going is remembered until it goes elsewhere.
    @Test func aMoveWhoseTargetNeverAnsweredIsGoneOnWithUntilPeopleCarryTheOffer() async throws {
        let scene = try Scene(.localToDongle)
        let port = try await scene.machine.plug(scene.target, fault: CableFault(.pullBefore, from: 4))
        await refuses(.donglePulled) { try await scene.move() }
        await scene.machine.mounts.departed(port)
        let step = try #require(try await scene.machine.desk.list(all: false).first)
        #expect(step.state == "OFFERED" && step.moveTo == "usb:2")
        #expect(step.next == "plug in dongle 2; then go on: almctl move \(scene.key.number) --to usb:2")
        _ = try await scene.machine.desk.offer(scene.key.number.description, anew: false, by: 0)
        let carried = try #require(try await scene.machine.desk.list(all: false).first)
        #expect(carried.moveTo == nil && carried.next.contains("activation --input"))
    }

    @Test func noMoreMovesAreRememberedThanThereIsRoomFor() throws {
        let dongle = Location.usb(try #require(SerialNumber("2")))
        var moves = MovesBegun()
        func target(_ name: String) throws -> Location? {
            let certificate = try TestVendor().key(name, TestTerms().with { $0.number = UInt64(name) ?? 0 }).certificate
            return moves.target(
                of: TransferSummary(
                    identifier: TransferIdentifier(certificate: certificate, secret: [UInt8](repeating: 1, count: 10)),
                    certificate: certificate, standing: .source(.offered), begun: Timestamp(seconds: 1),
                    changed: Timestamp(seconds: 1), fingerprint: nil, isWithheld: false), at: .local)
        }
        for number in 1...UInt64(MovesBegun.most + 1) {
            moves.begin(LicenceNumber(rawValue: number), from: .local, to: dongle)
        }
        #expect(try target("1") == nil)
        #expect(try target("2") == dongle)
        moves.end(LicenceNumber(rawValue: 2))
        #expect(try target("2") == nil)
    }

    @Test func aDongleWithoutRoomRefusesBeforeAnythingIsLeftOfTheMove() async throws {
        let scene = try Scene(.localToDongle, capacity: VaultCapacity(keys: 1, records: 8))
        try scene.machine.mint("b", into: scene.target)
        try await scene.machine.plug(scene.target)
        let before = try VaultSnapshot(scene.target)
        await refuses(.vaultFull) { try await scene.move() }
        #expect(try VaultSnapshot(scene.target) == before)
        #expect(try scene.source.keys().map(\.number) == [scene.key.number])
        #expect(await scene.machine.list.list().keys.map(\.state) == ["HELD", "HELD"])
        #expect(try await scene.machine.desk.list(all: false).isEmpty)
    }

    @Test func anOfferThatWasOutBeforeAMoveThatIsRefusedStaysOut() async throws {
        let scene = try Scene(.localToDongle, capacity: VaultCapacity(keys: 1, records: 8))
        try scene.machine.mint("b", into: scene.target)
        try await scene.machine.plug(scene.target)
        let start = try await scene.machine.desk.offer(scene.key.number.description, anew: false, by: 0)
        await refuses(.vaultFull) { try await scene.move() }
        let listed = try await scene.machine.desk.list(all: false)
        #expect(listed.map(\.state) == ["OFFERED"])
        #expect(listed.map(\.transfer) == [start.transfer.transfer])
    }

    @Test func whatCantBeMovedIsRefusedByName() async throws {
        let scene = try Scene(.localToDongle)
        let machine = scene.machine
        let number = scene.key.number.description
        await refuses(.dongleMissing) { try await scene.move() }
        await refuses(.keyAlreadyHere) { try await machine.desk.move(number, to: "local", evenIfInUse: false, by: 0) }
        await refuses(.noSuchLocation) { try await machine.desk.move(number, to: "usb:", evenIfInUse: false, by: 0) }
        try await machine.plug(scene.target)
        await refuses(.noSuchKey) { try await machine.desk.move("ZZZZZ", to: "usb:2", evenIfInUse: false, by: 0) }
        let stranger = try TestVendor("Stranger").key("s")
        try machine.local.mint(stranger)
        await refuses(.vendorUnknown) {
            try await machine.desk.move(stranger.number.description, to: "usb:2", evenIfInUse: false, by: 0)
        }
        #expect(try machine.local.transfers().isEmpty)
    }

    @Test func theBeginningOfTwoNumbersIsRefusedAlsoWhereOneOfTheMovesWasBegun() async throws {
        let machine = try Machine()
        let dongle = try Machine.dongle("2")
        let first = try machine.mint("a", TestTerms().with { $0.number = 0x0123_0000_0000_0001 }, into: machine.local)
        try machine.mint("b", TestTerms().with { $0.number = 0x0123_0000_0000_0002 }, into: machine.local)
        let port = try await machine.plug(dongle, fault: nil)
        let short = String(first.number.description.prefix(4))
        await refuses(.keyAmbiguous) { try await machine.desk.move(short, to: "usb:2", evenIfInUse: false, by: 0) }
        // The first is on its way.
        let occasion = Occasion(now: Timestamp(seconds: 1), user: 0)
        let start = try machine.local.perform(.offer(first.number, anew: false), on: occasion).startCode
        let request = try dongle.perform(
            .request(first.certificate, offerSecret: start.offerSecret), on: occasion
        ).requestCode
        _ = try machine.local.perform(.release(request), on: occasion)
        await machine.mounts.departed(port)
        try await machine.plug(dongle)
        await refuses(.keyAmbiguous) { try await machine.desk.move(short, to: "usb:2", evenIfInUse: false, by: 0) }
        _ = try await machine.desk.move(first.number.description, to: "usb:2", evenIfInUse: false, by: 0)
        #expect(try dongle.keys().map(\.number) == [first.number])
    }

    /// The books of an old move are still open, and the key went on from its target: it moves from where it is.
    @Test func aKeyThatWentOnIsMovedFromWhereItIs() async throws {
        let machine = try Machine()
        let (two, three) = (try Machine.dongle("2"), try Machine.dongle("3"))
        let key = try machine.mint("a", into: machine.local)
        let number = key.number.description
        try await machine.plug(two)
        try await machine.plug(three)
        let occasion = Occasion(now: Timestamp(seconds: 1), user: 0)
        let start = try machine.local.perform(.offer(key.number, anew: false), on: occasion).startCode
        let request = try two.perform(.request(key.certificate, offerSecret: start.offerSecret), on: occasion)
        let released = try machine.local.perform(.release(try request.requestCode), on: occasion)
        _ = try two.perform(.activate(try released.activationCode), on: occasion)
        _ = try await machine.desk.move(number, to: "usb:3", evenIfInUse: false, by: 0)
        _ = try await machine.desk.move(number, to: "usb:2", evenIfInUse: false, by: 0)
        #expect(try two.keys().map(\.number) == [key.number])
        #expect(try keysInTheWorld(key.number, machine.local, two, three) == 1)
        #expect(try await machine.desk.list(all: false).isEmpty)
    }

    /// A step for the other side says so, and what is so.
    @Test func aTransferThatIsKnownFromItsOtherSideIsNotUnknown() async throws {
        let (here, there) = (try Machine(), try Machine(seed: 200))
        let key = try here.mint("a", into: here.local)
        let start = try await here.desk.offer(key.number.description, anew: false, by: 0)
        let name = start.transfer.transfer
        _ = try await there.desk.request(try start.text, to: "local", by: 0)
        _ = try await there.desk.step(TransferStep.decline, name, side: .target, at: nil, by: 0)
        let close = await refuses(.transferOtherSide) {
            try await there.desk.step(TransferStep.close, name, side: .source, at: nil, by: 0)
        }
        #expect(close?.message.contains("known here as its target (DECLINED in local)") == true)
        #expect(close?.hint.contains("carry the return code") == true)
        let decline = await refuses(.transferOtherSide) {
            try await here.desk.step(TransferStep.decline, name, side: .target, at: nil, by: 0)
        }
        #expect(decline?.message.contains("known here as its source (OFFERED in local)") == true)
    }

    @Test func anotherDongleThatFailsHoldsUpNoMove() async throws {
        let scene = try Scene(.localToDongle)
        let dead = try Machine.dongle("0")
        try await scene.machine.plug(dead, fault: CableFault(.garbage, from: 4))
        try await scene.machine.plug(scene.target)
        _ = try await scene.move()
        try scene.checkArrived()
    }

    @Test func aLeaseEndsWithTheKeyEvenIfTheMoveWasCutOffAfterwards() async throws {
        let scene = try Scene(.localToDongle)
        let lease = LeaseTable.Lease(
            identifier: "L", licence: scene.key.number, location: .local, connection: 1, user: 1, holder: "drive")
        var wasCutAfterTheRelease = false
        for exchange in 4...UInt32(20) {
            let scene = try Scene(.localToDongle)
            _ = try await scene.machine.leases.take(lease, of: scene.key.certificate)
            try await scene.machine.plug(scene.target, fault: CableFault(.pullBefore, from: exchange))
            await refuses(.keyInUse) { try await scene.move() }
            _ = try? await scene.move(evenIfInUse: true)
            let isHeld = try !scene.source.keys().isEmpty
            #expect(await scene.machine.leases.isHeld("L") == isHeld)
            if !isHeld, try scene.target.keys().isEmpty { wasCutAfterTheRelease = true }
        }
        #expect(wasCutAfterTheRelease)
    }
}
