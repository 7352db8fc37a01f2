import Control
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import LicenceDaemon

/// What can go wrong in a transfer beside its codes: people, clocks and machines.
@Suite struct TransferFailureTests {
    /// Holds the key at the beginning.
    private let here: Machine
    private let there: Machine
    private let key: TestKey

    init() throws {
        here = try Machine()
        there = try Machine(seed: 200)
        key = try here.mint("a", into: here.local)
    }

    private func start() async throws -> StepEntry {
        try await here.desk.offer(key.number.description, anew: false, by: 0)
    }

    private func request(_ start: StepEntry, at machine: Machine) async throws -> StepEntry {
        try await machine.desk.request(try start.text, to: "local", by: 0)
    }

    private func release(_ request: StepEntry, fingerprint: String? = nil) async throws -> StepEntry {
        try await here.desk.release(try request.text, fingerprint: fingerprint, evenIfInUse: false, by: 0)
    }

    // MARK: - A request of somebody else's

    /// Somebody on the way puts his own request in place of the target's. Who compares the fingerprint keeps the key.
    @Test func aSwappedRequestIsNoticedByItsFingerprintAndTheKeyStays() async throws {
        let thief = try Machine(seed: 300)
        let start = try await start()
        let (wanted, swapped) = (try await request(start, at: there), try await request(start, at: thief))
        #expect(wanted.transfer.transfer == swapped.transfer.transfer)
        let seenThere = try #require(wanted.transfer.fingerprint)
        #expect(try await here.desk.recognise(try swapped.text).transfer?.fingerprint == swapped.transfer.fingerprint)
        #expect(swapped.transfer.fingerprint != seenThere)
        await refuses(.fingerprintDiffers) { try await release(swapped, fingerprint: seenThere) }
        #expect(try here.local.keys().map(\.number) == [key.number])
        // The right one still goes through.
        let activation = try await release(wanted, fingerprint: seenThere)
        await refuses(.activationForAnotherRequest) { try await thief.desk.activate(try activation.text, by: 0) }
        _ = try await there.desk.activate(try activation.text, by: 0)
    }

    /// Who compares nothing loses the key to the thief; there are never two of it.
    @Test func aSwappedRequestThatNobodyComparesStealsTheKeyAndDoublesNothing() async throws {
        let thief = try Machine(seed: 300)
        let start = try await start()
        let (wanted, swapped) = (try await request(start, at: there), try await request(start, at: thief))
        let activation = try await release(swapped)
        _ = try await thief.desk.activate(try activation.text, by: 0)
        await refuses(.releasedToAnother) { try await release(wanted) }
        await refuses(.activationForAnotherRequest) { try await there.desk.activate(try activation.text, by: 0) }
        #expect(try keysInTheWorld(key.number, here.local, there.local, thief.local) == 1)
        #expect(try thief.local.keys().map(\.number) == [key.number])
    }

    // MARK: - What passes every check on the way

    /// The last barrier alone: a start code that is well formed in every way, and of which the secret is another.
    @Test func aStartCodeWithAnotherSecretIsFoundOutByTheSource() async throws {
        let start = try await start()
        let code = try start.read.startCode
        var secret = code.offerSecret
        secret[0] ^= 1
        let forged = try StartCode(offerSecret: secret, certificate: code.certificate)
        let text = TransferCode.start(forged).lines.joined(separator: "\n")
        let request = try await there.desk.request(text, to: "local", by: 0)
        await refuses(.requestUnknown) { try await release(request) }
        #expect(try here.local.keys().map(\.number) == [key.number])
        // Declined, it makes room for the right one.
        _ = try await there.desk.step(
            TransferStep.decline, request.transfer.transfer, side: .target, at: nil, by: 0)
        _ = try await there.desk.activate(
            try await release(try await self.request(start, at: there)).text, by: 0)
    }

    /// Guesses are counted, misspellings are not: nobody loses an offer by a bad line.
    @Test func aTextThatFailsTheChecksOfItsLinesIsNotCounted() async throws {
        let request = try await request(try await start(), at: there)
        let before = try here.local.status().stateCounter
        for line in request.code.indices {
            var lines = request.code
            // Of three wrong characters in a line all are noticed, and none can be put right.
            var characters = Array(lines[line])
            for index in characters.indices.suffix(3) { characters[index] = characters[index] == "0" ? "1" : "0" }
            lines[line] = String(characters)
            let text = lines.joined(separator: "\n")
            await refuses(.codeUnreadable) {
                try await here.desk.release(text, fingerprint: nil, evenIfInUse: false, by: 0)
            }
            #expect(try here.local.status().stateCounter == before)
        }
        // One that passes them and answers nothing is.
        let code = try request.read.requestCode
        let guess = TransferCode.request(try ForgedRequest.guess(1, at: code)).lines.joined(separator: "\n")
        await refuses(.requestUnknown) {
            try await here.desk.release(guess, fingerprint: nil, evenIfInUse: false, by: 0)
        }
        #expect(try here.local.status().stateCounter == before + 1)
    }

    // MARK: - Machines that are gone

    /// The target burns down while the key is on its way: the source shows its code for ever and gives the key to nobody
    /// else, and the vendor issues another one.
    @Test func aTargetThatIsLostOnTheWayTakesTheKeyWithIt() async throws {
        let start = try await start()
        let activation = try await release(try await request(start, at: there))
        let name = start.transfer.transfer
        let rebuilt = try Machine(seed: 300)
        for _ in 0..<3 {
            here.clock.advance(days: 1000)
            let again = try await here.desk.step(TransferStep.show, name, side: .source, at: nil, by: 0)
            #expect(again.code == activation.code)
            #expect(again.transfer.state == "RELEASED")
        }
        await refuses(.activationForAnotherRequest) { try await rebuilt.desk.activate(try activation.text, by: 0) }
        let second = try await request(start, at: rebuilt)
        await refuses(.releasedToAnother) { try await release(second) }
        await refuses(.keyReleased) { try await self.start() }
        _ = try await rebuilt.desk.step(TransferStep.decline, name, side: .target, at: nil, by: 0)
        // The way out: another licence key of the same product.
        let issued = try here.mint("issued anew", into: here.local)
        let fresh = try await here.desk.offer(issued.number.description, anew: false, by: 0)
        _ = try await rebuilt.desk.activate(
            try await release(try await request(fresh, at: rebuilt)).text, by: 0)
        #expect(try rebuilt.local.keys().map(\.number) == [issued.number])
        // An administrator gives the claim up; the record closes, and nothing comes back by it.
        _ = try await here.desk.step(TransferStep.close, name, side: .source, at: nil, by: 0)
        #expect(try here.local.keys().isEmpty)
    }

    // MARK: - Clocks

    /// How far each clock jumps before each step, in days.
    static let jumps: [[Int]] = [
        [0, 0], [-20_000, 0], [0, -20_000], [9_000, -20_000], [-20_000, 9_000], [9_000, 9_000], [-1, 1],
    ]

    private func jump(_ days: [Int]) {
        for (machine, days) in zip([here, there], days) {
            if days < 0 {
                machine.clock.setBack(days: UInt64(-days))
            } else {
                machine.clock.advance(days: UInt64(days))
            }
        }
    }

    /// Through a whole transfer and back, and through one that is given up, the clocks of both machines jump before each
    /// step, further with every one.
    @Test(arguments: jumps) func clocksThatJumpChangeNothing(_ days: [Int]) async throws {
        var (from, to) = (here, there)
        for _ in 0..<2 {
            jump(days)
            let start = try await from.desk.offer(key.number.description, anew: false, by: 0)
            jump(days.reversed())
            let request = try await to.desk.request(try start.text, to: "local", by: 0)
            jump(days)
            let activation = try await from.desk.release(
                try request.text, fingerprint: nil, evenIfInUse: false, by: 0)
            jump(days.reversed())
            _ = try await to.desk.activate(try activation.text, by: 0)
            jump(days)
            let receipt = try await to.desk.step(
                TransferStep.receipt, start.transfer.transfer, side: .target, at: nil, by: 0)
            jump(days.reversed())
            #expect(try await from.desk.settle(try receipt.text, by: 0).transfer.state == "SETTLED")
            #expect(try keysInTheWorld(key.number, here.local, there.local) == 1)
            #expect(try to.local.keys().map(\.number) == [key.number])
            (from, to) = (to, from)
        }
        let start = try await start()
        jump(days)
        let request = try await request(start, at: there)
        jump(days.reversed())
        _ = try await release(request)
        jump(days)
        let declined = try await there.desk.step(
            TransferStep.decline, start.transfer.transfer, side: .target, at: nil, by: 0)
        jump(days.reversed())
        #expect(try await here.desk.reclaim(try declined.text, by: 0).transfer.state == "RETURNED")
        #expect(try here.local.keys().map(\.number) == [key.number])
    }
}
