import Control
import Dongles
import Licensing
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
                #expect(!entry.next.isEmpty)
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
