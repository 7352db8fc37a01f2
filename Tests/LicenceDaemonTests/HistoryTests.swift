import Control
import Licensing
import TestKit
import Testing
import Vaults

@testable import LicenceDaemon

/// What an administrator is told of the life of a key.
@Suite struct HistoryTests {
    private let here: Machine
    private let there: Machine

    init() throws {
        here = try Machine()
        there = try Machine(seed: 200)
    }

    /// Moves a key from here to there, each step asked for by another user.
    private func transfer(_ key: TestKey) async throws -> String {
        let start = try await here.desk.offer(key.number.description, anew: false, by: 1001)
        let request = try await there.desk.request(try start.text, to: "local", by: 1002)
        let activation = try await here.desk.release(
            try request.text, fingerprint: nil, evenIfInUse: false, by: 1003)
        _ = try await there.desk.activate(try activation.text, by: 1004)
        let name = start.transfer.transfer
        let receipt = try await there.desk.step(TransferStep.receipt, name, side: .target, at: nil, by: 1005)
        _ = try await here.desk.settle(try receipt.text, by: 1006)
        return name
    }

    private func words(_ lines: [HistoryLine]) -> [String] { lines.map { "\($0.event) by \($0.user)" } }

    @Test func tellsEachSideWhatHappenedByWhomAndWithWhichTransfer() async throws {
        let key = try here.mint("a", into: here.local)
        let transfer = try await transfer(key)
        let source = try await here.desk.history(beginning: nil)
        #expect(words(source) == ["minted by 0", "offered by 1001", "released by 1003", "settled by 1006"])
        #expect(source.map(\.transfer) == [nil, transfer, transfer, transfer])
        let target = try await there.desk.history(beginning: nil)
        #expect(words(target) == ["requested by 1002", "activated by 1004"])
        #expect((source + target).allSatisfy { $0.licence == key.number.description })
        #expect(source.dropFirst().allSatisfy { $0.time == Int(clamping: here.clock.now().seconds) })
    }

    @Test func aStepThatIsRepeatedIsToldOnce() async throws {
        let key = try here.mint("a", into: here.local)
        for user: UInt32 in 1...3 { _ = try await here.desk.offer(key.number.description, anew: false, by: user) }
        #expect(words(try await here.desk.history(beginning: nil)) == ["minted by 0", "offered by 1"])
    }

    @Test func aFreshStartCodeIsToldWithTheOneThatItWithdraws() async throws {
        let key = try here.mint("a", into: here.local)
        let older = try await here.desk.offer(key.number.description, anew: false, by: 1)
        let newer = try await here.desk.offer(key.number.description, anew: true, by: 2)
        let history = try await here.desk.history(beginning: nil)
        #expect(words(history) == ["minted by 0", "offered by 1", "withdrawn by 2", "offered by 2"])
        #expect(history.dropFirst().map(\.transfer) == [older, older, newer].map(\.transfer.transfer))
    }

    @Test func tellsOfOneKeyAlsoOnceItHasLeft() async throws {
        let keys = [try here.mint("a", into: here.local), try here.mint("b", into: here.local)]
        _ = try await transfer(keys[0])
        let first = try await here.desk.history(beginning: keys[0].number.description.lowercased())
        #expect(first.map(\.event) == ["minted", "offered", "released", "settled"])
        #expect(try await here.desk.history(beginning: keys[1].number.description).map(\.event) == ["minted"])
        #expect(try await there.desk.history(beginning: keys[1].number.description).isEmpty)
    }

    @Test func aBeginningThatSeveralKeysHaveIsRefused() async throws {
        // More keys than a first character can have values.
        let numbers = try (0...32).map { try here.mint("\($0)", into: here.local).number.description }
        let beginning = try #require(
            Dictionary(grouping: numbers) { $0.prefix(1) }.first { $0.value.count > 1 }?.key)
        await refuses(.keyAmbiguous) { try await here.desk.history(beginning: String(beginning)) }
        #expect(try await here.desk.history(beginning: numbers[0]).map(\.licence) == [numbers[0]])
    }

    @Test func aLockedStoreTellsAndAFailingOneSaysSo() async throws {
        try here.mint("a", into: here.local)
        here.local.lock("a copy")
        #expect(try await here.desk.history(beginning: nil).count == 1)
        here.local.fail(with: LicenceError(.storeFailed, [.location: "local", .detail: "unreadable"]))
        await refuses(.storeFailed) { try await here.desk.history(beginning: nil) }
    }

    @Test func aDongleIsNotAsked() async throws {
        let dongle = try Machine.dongle("4711")
        try await here.plug(dongle)
        let key = try here.mint("a", into: dongle)
        _ = try await here.desk.move(key.number.description, to: "local", evenIfInUse: false, by: 7)
        #expect(words(try await here.desk.history(beginning: nil)) == ["requested by 7", "activated by 7"])
    }
}
