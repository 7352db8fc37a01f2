import Control
import Foundation
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
        let name = try await send(key, from: here, to: there)
        let receipt = try await there.desk.step(TransferStep.receipt, name, side: .target, at: nil, by: 1005)
        _ = try await here.desk.settle(try receipt.text, by: 1006)
        return name
    }

    /// The four steps, whose source does not learn that the key arrived.
    private func send(_ key: TestKey, from source: Machine, to target: Machine) async throws -> String {
        let start = try await source.desk.offer(key.number.description, anew: false, by: 1001)
        let request = try await target.desk.request(try start.text, to: "local", by: 1002)
        let activation = try await source.desk.release(
            try request.text, fingerprint: nil, evenIfInUse: false, by: 1003)
        _ = try await target.desk.activate(try activation.text, by: 1004)
        return start.transfer.transfer
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

    @Test func whatWasClosedWithoutAReceiptIsNotToldAsArrived() async throws {
        let key = try here.mint("a", into: here.local)
        let transfer = try await send(key, from: here, to: there)
        for user: UInt32 in 1...2 {
            _ = try await here.desk.step(TransferStep.close, transfer, side: .source, at: nil, by: user)
        }
        // The receipt comes after all: the books are closed, and what was said of them stays.
        let receipt = try await there.desk.step(TransferStep.receipt, transfer, side: .target, at: nil, by: 1005)
        _ = try await here.desk.settle(try receipt.text, by: 3)
        let history = try await here.desk.history(beginning: nil)
        #expect(words(history) == ["minted by 0", "offered by 1001", "released by 1003", "closed by 1"])
        #expect(history.last?.transfer == transfer)
    }

    @Test func aKeyThatComesBackIsToldToHaveArrivedBefore() async throws {
        let key = try here.mint("a", into: here.local)
        let away = try await send(key, from: here, to: there)
        let home = try await send(key, from: there, to: here)
        let history = try await here.desk.history(beginning: nil).suffix(3)
        #expect(history.map(\.event) == ["requested", "activated", "settled"])
        #expect(history.map(\.transfer) == [home, home, away])
    }

    @Test func aStartCodeThatWasGuessedAtIsNotToldAsTakenBack() async throws {
        let (a, b) = (try here.mint("a", into: here.local), try here.mint("b", into: here.local))
        let guessed = try await here.desk.offer(a.number.description, anew: false, by: 1)
        let request = try await there.desk.request(try guessed.text, to: "local", by: 0).read.requestCode
        func guess(_ attempt: Int, by user: UInt32) throws {
            let step = TransferStep.release(try ForgedRequest.guess(attempt, at: request))
            #expect(throws: LicenceError.self) {
                try here.local.perform(step, on: Occasion(now: here.clock.now(), user: user))
            }
        }
        for attempt in 1..<1000 { try guess(attempt, by: 2) }
        let other = try await here.desk.offer(b.number.description, anew: false, by: 1)
        try guess(1000, by: 3)
        _ = try await here.desk.step(TransferStep.cancel, other.transfer.transfer, side: .source, at: nil, by: 4)
        let history = try await here.desk.history(beginning: nil)
        #expect(words(Array(history.suffix(3))) == ["offered by 1", "guessed by 3", "withdrawn by 4"])
        #expect(history.suffix(3).map(\.transfer) == [other, guessed, other].map(\.transfer.transfer))
    }

    /// Every word is one that the interface text and the article on the store explain.
    @Test func everyWordIsExplained() throws {
        let type = try #require(Calls.interfaceText.components(separatedBy: "type HistoryLine (").last)
        let words = try #require(type.components(separatedBy: "event: string").first)
        let article = URL(filePath: #filePath).appending(path: "../../../Sources/VaultStore/VaultStore.docc/Store.md")
        let table = try String(contentsOf: article.standardized, encoding: .utf8)
        for event in HistoryEntry.Event.allCases where event != .unrecognised {
            #expect(words.split { !$0.isLetter }.contains(event.rawValue[...]), "\(event)")
            #expect(table.contains("\n| `\(event.rawValue)` | "), "\(event)")
        }
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
