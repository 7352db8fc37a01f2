import Foundation
import Licensing
import TestKit
import TransferCodes
import VaultStore
import Vaults

/// What is stopped in the middle: a vault is opened and one thing is done in it. Whoever looks afterwards does the same
/// job in the open.
struct StoreJob {
    /// What changes something in a store.
    enum Step: String, CaseIterable {
        case mint, offer, anew, cancel, request, release, activate, decline, reclaim, settle, close
        /// Loading a request code that answers no offer, which is counted.
        case guess
        /// Opening where there is nothing: the making of a store.
        case create
        /// The making of a dongle's vault.
        case dongle
        /// Opening where the anchor is back that somebody had kept, and a code was withheld for its sake.
        case broughtBack = "brought-back"

        /// Whether doing it a second time does something more.
        var isDoneAnew: Bool { self == .mint || self == .anew || self == .guess }

        /// Whether it gives up a secret.
        var givesUp: Bool { [.release, .activate, .decline, .reclaim, .settle, .close].contains(self) }
    }

    /// The store's directory.
    let path: String
    let step: Step
    /// The step of a transfer; nil for what is none.
    let transferStep: TransferStep?
    /// What was drawn for the step and what led to it.
    let draws: DrawRecord
    /// The return key K_ret of the request that was made by then; nil where there is none yet.
    var returnKey: [UInt8]?

    /// The secrets of all requests among it: nothing else in a vault takes 32 bytes.
    var requestSecrets: Set<[UInt8]> { Set(draws.draws.filter { $0.count == 32 }) }

    /// A random source that is the same for the same seed, and remembered.
    private static func source(seed: UInt64, _ draws: DrawRecord) -> RandomBytes {
        let random = DeterministicRandom(seed: seed)
        return { draws.draw($0, from: random.bytes) }
    }

    /// The names of all keys that are ever in a store here; the first is the one that is transferred, the last the one
    /// that is minted.
    static let keys = ["first", "second", "third", "fourth"]

    static let machine = MachineIdentity("0123456789abcdef0123456789abcdef")
    static let occasion = Occasion(now: Timestamp(seconds: 1_800_000_000), user: 4)

    /// Opens the vault with a random source that is the same for every attempt.
    func open() throws(LicenceError) -> SQLiteVault {
        let random = Self.source(seed: 5, draws)
        guard step == .dongle, let serial = SerialNumber("4711") else {
            return try SQLiteVault.open(localStoreIn: path, machine: Self.machine, random: random)
        }
        do throws(LicenceError) {
            return try SQLiteVault.open(dongleIn: path, machine: Self.machine, random: random)
        } catch {
            guard error.code == .storeMissing else { throw error }
            return try SQLiteVault.make(dongle: serial, in: path, machine: Self.machine, random: random)
        }
    }

    /// Does the job in an open vault; nil for what answers no code.
    @discardableResult
    func run(in vault: SQLiteVault) throws -> TransferCode? {
        if step == .mint {
            let key = try TestVendor().key(Self.keys[3])
            try vault.mint(key.certificate, key.seed, on: Self.occasion)
        }
        guard let transferStep else { return nil }
        do throws(LicenceError) {
            return try vault.perform(transferStep, on: Self.occasion).code
        } catch {
            // What the counting of a wrong request answers.
            guard step == .guess, error.code == .requestUnknown else { throw error }
            return nil
        }
    }
}

extension StoreJob {
    /// Does everything up to `step` in stores below `folder`, and says what is left to do.
    static func prepare(_ step: Step, in folder: String) throws -> StoreJob {
        let (clock, draws) = (ManualClock(), DrawRecord())
        func open(_ name: String, _ seed: UInt64) throws -> SQLiteVault {
            try SQLiteVault.open(
                localStoreIn: "\(folder)/\(name)/store", machine: machine, random: Self.source(seed: seed, draws))
        }
        func perform(_ step: TransferStep, _ vault: SQLiteVault) throws -> TransferAnswer {
            try vault.perform(step, on: clock.occasion())
        }
        var returnKey: [UInt8]?
        func job(at place: String, _ next: TransferStep? = nil) -> StoreJob {
            StoreJob(
                path: "\(folder)/\(place)/store", step: step, transferStep: next, draws: draws, returnKey: returnKey)
        }
        for place in ["source", "target"] { try Files.makeFolder("\(folder)/\(place)") }
        if step == .create || step == .dongle { return job(at: "source") }
        let (source, target) = (try open("source", 1), try open("target", 2))
        let key = try TestVendor().key(keys[0])
        for name in keys.dropLast() {
            let key = try TestVendor().key(name)
            try source.mint(key.certificate, key.seed, on: clock.occasion())
        }
        if step == .mint { return job(at: "source") }
        if step == .offer { return job(at: "source", .offer(key.number, anew: false)) }
        let offer = try perform(.offer(key.number, anew: false), source)
        let transfer = offer.transfer.identifier
        if step == .anew { return job(at: "source", .offer(key.number, anew: true)) }
        if step == .cancel { return job(at: "source", .cancel(transfer)) }
        let asking = TransferStep.request(key.certificate, offerSecret: try offer.startCode.offerSecret)
        if step == .request { return job(at: "target", asking) }
        let request = try perform(asking, target).requestCode
        returnKey = try TransferExchange(
            of: key.seed, key.certificate, offerSecret: try offer.startCode.offerSecret, request
        ).returnKey.bytes
        if step == .guess { return job(at: "source", .release(try ForgedRequest.guess(1, at: request))) }
        if step == .release { return job(at: "source", .release(request)) }
        if step == .broughtBack {
            let job = job(at: "source", .release(request))
            try job.releaseWithTheAnchorAside(source)
            return job
        }
        if step == .decline { return job(at: "target", .decline(transfer)) }
        let activation = try perform(.release(request), source).activationCode
        if step == .activate { return job(at: "target", .activate(activation)) }
        if step == .close { return job(at: "source", .close(transfer)) }
        if step == .reclaim {
            return job(at: "source", .reclaim(try perform(.decline(transfer), target).returnCode))
        }
        _ = try perform(.activate(activation), target)
        return job(at: "source", .settle(try perform(.receipt(transfer), target).receiptCode))
    }

    /// Gives the key away while somebody keeps the store's anchor elsewhere, who then puts it back.
    private func releaseWithTheAnchorAside(_ vault: SQLiteVault) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        guard let anchor = names.first(where: { $0.hasPrefix("anchor.") }) else {
            throw Failure("a store without anchor")
        }
        let aside = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("aside").path
        try FileManager.default.moveItem(atPath: "\(path)/\(anchor)", toPath: aside)
        do {
            try run(in: vault)
            throw Failure("the code was not withheld")
        } catch let error as LicenceError where error.code == .codeWithheld {}
        try FileManager.default.moveItem(atPath: aside, toPath: "\(path)/\(anchor)")
    }
}
