import Foundation
import Licensing
import TestKit
import Testing
import TransferCodes
import Vaults

@testable import VaultStore

/// What a process that may be killed does: opens a vault and does one step in it.
///
/// The tests start their own program again with this job in its environment, under `strace`, which kills it or has a
/// system call fail at a chosen point. Whoever looks afterwards does the same job in the open.
struct StoreJob: Codable {
    /// What is done to the vault.
    enum Step: String, Codable, CaseIterable {
        case mint, offer, anew, request, release, activate, settle, decline, reclaim, cancel, close
        /// Only opening, and making where there is none.
        case open
    }

    /// The store's directory.
    let path: String
    let step: Step
    /// What the step is about: a transfer's name, a key's name, or a code's bytes one after the other.
    let name: String
    let bytes: [UInt8]

    static let machine = MachineIdentity("0123456789abcdef0123456789abcdef")
    static let occasion = Occasion(now: Timestamp(seconds: 1_800_000_000), user: 4)

    /// Opens the vault with a random source that is the same for every attempt.
    func open() throws(LicenceError) -> SQLiteVault {
        try SQLiteVault.open(
            localStoreIn: path, machine: Self.machine, random: DeterministicRandom(seed: 5).source)
    }

    /// Does the job in an open vault; nil for what answers nothing.
    @discardableResult
    func run(in vault: SQLiteVault) throws -> TransferAnswer? {
        if step == .open { return nil }
        if step == .mint {
            let key = try TestVendor().key(name)
            try vault.mint(key.certificate, key.seed, on: Self.occasion)
            return nil
        }
        return try vault.perform(try transferStep(), on: Self.occasion)
    }

    private func transferStep() throws -> TransferStep {
        var reader = BinaryReader(bytes)
        func transfer() throws -> TransferIdentifier { try #require(TransferIdentifier(name)) }
        return switch step {
        case .offer: .offer(try TestVendor().key(name).number, anew: false)
        case .anew: .offer(try TestVendor().key(name).number, anew: true)
        case .request:
            .request(
                try TestVendor().key(name).certificate, offerSecret: try reader.raw(OutgoingTransfer.secretSize))
        case .release: .release(try RequestCode(point: try reader.raw(32), mac: try reader.raw(5)))
        case .activate: .activate(try ActivationCode(maskedSeed: try reader.raw(16), tag: try reader.raw(2)))
        case .settle: .settle(try ReceiptCode(receipt: try reader.raw(9)))
        case .decline: .decline(try transfer())
        case .reclaim: .reclaim(try ReturnCode(returnKey: try reader.raw(16), tag: try reader.raw(2)))
        case .cancel: .cancel(try transfer())
        case .close: .close(try transfer())
        case .mint, .open: throw LicenceError(.usage)
        }
    }
}

/// The worker: a test that only runs where another one started it.
@Suite struct StoreWorker {
    /// Where the job stands in the environment.
    static let variable = "ALM_STORE_JOB"

    @Test(.enabled(if: ProcessInfo.processInfo.environment[Self.variable] != nil))
    func doesItsJob() throws {
        let text = try #require(ProcessInfo.processInfo.environment[Self.variable])
        let job = try JSONDecoder().decode(StoreJob.self, from: Data(text.utf8))
        let vault: SQLiteVault
        do throws(LicenceError) {
            vault = try job.open()
        } catch {
            return Self.say("refused \(error.code.rawValue)")
        }
        do {
            _ = try job.run(in: vault)
            Self.say("done")
        } catch let error as LicenceError {
            Self.say("refused \(error.code.rawValue)")
            guard error.code == .storeFailed else { return }
            // After a failure the vault says nothing more, lest it say what is not on the disk.
            #expect(throws: error) { try vault.keys() }
            #expect(throws: error) { try vault.status() }
        }
    }

    /// A line that whoever started the worker looks for.
    private static func say(_ result: String) {
        FileHandle.standardOutput.write(Data("worker: \(result)\n".utf8))
    }
}
