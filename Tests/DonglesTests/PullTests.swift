import DongleProtocol
import Dongles
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

/// A dongle that is pulled at any instant is in the old state or in the new one, and the same command, given again once
/// it is back, goes on from there.
struct PullTests {
    /// What can come between a request and its answer. In all but the first the dongle has done what it was asked.
    static let cuts: [CableFault.Kind] = [
        .pullBefore, .pullWithin, .pullAfter, .silent, .garbage, .wrongSequence, .short,
    ]

    @Test(arguments: CommittingCommand.allCases, cuts)
    func theSameCommandFinishesItOnceTheDongleIsBack(_ command: CommittingCommand, _ kind: CableFault.Kind) throws {
        let isDone = kind != .pullBefore
        let (memory, step) = try command.prepared()
        let (expected, sameStep) = try command.prepared()
        #expect(step == sameStep)
        let occasion = Occasion(now: Timestamp(seconds: 1_800_000_000), user: 7)
        let before = try VaultSnapshot(memory)
        let answer = try expected.perform(step, on: occasion)
        let after = try VaultSnapshot(expected)
        #expect(before != after)

        // The greeting is the first exchange, the command the second.
        let device = try DongleDevice(memory)
        let cut = try DongleVault(DonglePipe(device, fault: CableFault(kind, from: 2)))
        let error = #expect(throws: LicenceError.self) { try cut.perform(step, on: occasion) }
        let code: LicenceError.Code =
            switch kind {
            case .silent: .dongleSilent
            case .garbage, .wrongSequence, .short: .dongleGarbled
            default: .donglePulled
            }
        #expect(error?.code == code)
        #expect(try VaultSnapshot(memory) == (isDone ? after : before))

        let back = try DongleVault(DonglePipe(device))
        let second = try back.perform(step, on: occasion)
        if command == .offerAnew, isDone {
            // What was asked for is a fresh start code, and that is what comes, each time.
            #expect(second.code != answer.code)
            #expect(try back.transfers().count { $0.standing == .source(.offered) } == 1)
        } else {
            #expect(second.transfer == answer.transfer)
            #expect(second.code == answer.code)
            #expect(second.isRepeat == isDone)
            #expect(try VaultSnapshot(memory) == after)
        }
    }

    @Test(arguments: [CableFault.Kind.full, .readOnly])
    func aMediumThatCanNotBeWrittenToRefusesAndChangesNothing(_ kind: CableFault.Kind) throws {
        for command in CommittingCommand.allCases {
            let (memory, step) = try command.prepared()
            let before = try VaultSnapshot(memory)
            let vault = try DongleVault(DonglePipe(try DongleDevice(memory), fault: CableFault(kind)))
            let error = #expect(throws: LicenceError.self) {
                try vault.perform(step, on: Occasion(now: Timestamp(seconds: 1), user: 0))
            }
            #expect(error?.code == (kind == .full ? .storeFailed : .dongleReadOnly))
            #expect(vault.ending == nil)
            #expect(try VaultSnapshot(memory) == before)
            #expect(try vault.keys() == before.keys)
        }
    }

    @Test func aVaultWhoseDongleWasPulledSaysSoWithoutAsking() throws {
        let plugged = try Plugged()
        let vault = try DongleVault(DonglePipe(plugged.device, fault: CableFault(.pullBefore, from: 2)))
        let pulled = LicenceError(.donglePulled, [.serial: "4711"])
        #expect(throws: pulled) { try vault.keys() }
        #expect(throws: pulled) { try vault.status() }
        #expect(vault.ending == pulled)
    }
}
