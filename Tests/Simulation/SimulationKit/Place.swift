import Dongles
import Licensing
import TestKit
import TransferCodes
import Vaults

/// A vault somewhere: a store, or a dongle behind its cable, over a medium.
final class Place {
    /// What came of a step.
    enum Outcome {
        case answered(TransferAnswer)
        case refused(LicenceError)
        /// Nobody knows: the process ended, the disk failed or the cable was pulled.
        case cut(String)
    }

    /// What the vault says of itself, from within.
    struct View: Equatable {
        let keys: [HeldKey]
        let transfers: [TransferSummary]
        let history: [HistoryEntry]
        let stateCounter: UInt64
        let isLocked: Bool
        let capacity: VaultCapacity
    }

    let isDongle: Bool
    private(set) var view = View(
        keys: [], transfers: [], history: [], stateCounter: 0, isLocked: false, capacity: .localStore)
    private(set) var medium: any Medium
    private var vault: (any MintingVault)?
    private var device: DongleDevice?
    private var host: DongleVault?
    /// An anchor that was replaced while it was moved aside.
    var kept: KeptAnchor?
    /// How often the disk failed, or the power, while the vault was opened.
    private(set) var startsCutOff = 0
    /// Whether a copy was written to where the vault lies since it was opened last.
    private var mayBeLocked: Bool

    init(_ medium: any Medium, isDongle: Bool, isCopy: Bool = false) throws {
        self.medium = medium
        self.isDongle = isDongle
        mayBeLocked = isCopy
        try start()
    }

    /// The vault itself, without the cable.
    var inside: any MintingVault {
        get throws {
            guard let vault else { throw Fault("a place has no open vault") }
            return vault
        }
    }

    /// The vault as its user sees it.
    var outside: any Vault {
        get throws { if let host { host } else { try inside } }
    }

    /// Opens the vault; a dongle is plugged in.
    func start() throws {
        let before = mayBeLocked ? try medium.contents() : nil
        mayBeLocked = false
        vault = try medium.open()
        try plug()
        try look()
        if kept?.whereabouts == .back { kept = nil }
        guard view.isLocked, let before else { return }
        stop()
        guard try medium.contents() == before else { throw Fault("a LOCKED store was changed when it was opened") }
        vault = try medium.open()
        try plug()
    }

    /// Lets the vault go.
    func stop() {
        (vault, device, host) = (nil, nil, nil)
        kept?.isHeld = false
    }

    private func plug() throws {
        guard isDongle else { return }
        let device = try DongleDevice(try inside)
        self.device = device
        host = try DongleVault(DonglePipe(device))
    }

    /// Looks at the vault anew.
    ///
    /// - Returns: whether something is other than before.
    @discardableResult
    func look(isThorough: Bool = true) throws -> Bool {
        let vault = try inside
        let status = try vault.status()
        let isLocked = status.lockedReason != nil
        guard isThorough || status.stateCounter != view.stateCounter || isLocked != view.isLocked else { return false }
        let seen = View(
            keys: try vault.keys(), transfers: try vault.transfers(), history: try vault.history(),
            stateCounter: status.stateCounter, isLocked: isLocked, capacity: status.capacity)
        defer { view = seen }
        return seen != view
    }

    /// Does a step, with what goes wrong meanwhile; `afterwards` is what is done with the files where the process ends.
    ///
    /// - Returns: what came of it, and whether it came to what was to go wrong.
    func perform(
        _ step: TransferStep, on occasion: Occasion, _ mishap: Mishap?, _ afterwards: () throws -> Void
    ) throws -> (outcome: Outcome, hasStruck: Bool) {
        switch mishap {
        case nil: return (asked(step, occasion), false)
        case .crashBefore: try restart(afterwards)
        case .crashAfter:
            _ = try? use().perform(step, on: occasion)
            try restart(afterwards)
        case .cable(let trouble, let exchange): return try perform(step, occasion, trouble, exchange)
        case .disk(let fault): return try perform(step, occasion, fault, afterwards)
        }
        return (.cut("the process ended"), true)
    }

    private func asked(_ step: TransferStep, _ occasion: Occasion) -> Outcome {
        Self.outcome { () throws(LicenceError) in try self.use().perform(step, on: occasion) }
    }

    private func use() throws(LicenceError) -> any Vault {
        if let host { return host }
        guard let vault else { throw LicenceError(.storeMissing) }
        return vault
    }

    private func perform(
        _ step: TransferStep, _ occasion: Occasion, _ trouble: CableTrouble, _ exchange: UInt32
    ) throws -> (outcome: Outcome, hasStruck: Bool) {
        guard let device, let kind = CableFault.Kind(rawValue: trouble.rawValue) else {
            return (asked(step, occasion), false)
        }
        defer { device.storage = .working }
        let cable = CountingCable(DonglePipe(device, fault: CableFault(kind, from: exchange)))
        var outcome = Self.outcome { () throws(LicenceError) in try DongleVault(cable).perform(step, on: occasion) }
        host = try DongleVault(DonglePipe(device))
        if case .refused(let error) = outcome, Self.cuts.contains(error.code) { outcome = .cut(error.code.rawValue) }
        return (outcome, cable.exchanges >= exchange)
    }

    /// The errors after which nobody knows.
    private static let cuts: Set<LicenceError.Code> = [
        .donglePulled, .dongleSilent, .dongleGarbled, .dongleReadOnly, .storeFailed,
    ]

    private func perform(
        _ step: TransferStep, _ occasion: Occasion, _ fault: DiskFault, _ afterwards: () throws -> Void
    ) throws -> (outcome: Outcome, hasStruck: Bool) {
        medium.arm(fault)
        let outcome = asked(step, occasion)
        guard medium.disarm() else { return (outcome, false) }
        if fault.kind.endsProcess {
            try restart(after: fault, afterwards)
            return (.cut("the process ended"), true)
        }
        if case .refused(let error) = outcome, Self.cuts.contains(error.code) {
            // Only reading anew tells what is there.
            guard (try? inside.keys()) == nil else { throw Fault("a store goes on after its disk has failed") }
            try restart(afterwards)
            return (.cut("the disk failed"), true)
        }
        return (outcome, true)
    }

    /// The process ends and is started again; after a power cut with what that left of the disk. What is done with the files
    /// before the start is done `afterwards`, and the power may fail once more while it starts.
    func restart(after fault: DiskFault? = nil, _ afterwards: () throws -> Void = {}) throws {
        stop()
        if let fault, fault.kind == .powerCut { try medium.losePower(seed: fault.seed) }
        try afterwards()
        if let fault, let call = fault.again {
            let next = DiskFault(.powerCut, call: call, seed: fault.seed &+ 1)
            if try isCutOff(by: next) { try medium.losePower(seed: next.seed) }
        }
        try start()
    }

    /// The process ends and is started again on files that `before` may change; a fault of the disk cuts that start off, and
    /// `afterwards` is what is done with the files then.
    func restart(under fault: DiskFault, before: () throws -> Void, _ afterwards: () throws -> Void) throws {
        stop()
        try before()
        if try isCutOff(by: fault) { try restart(after: fault, afterwards) } else { try start() }
    }

    /// Writes a backup over the files. No vault is open.
    func restore(_ tape: Int) throws {
        try medium.restore(tape)
        mayBeLocked = true
    }

    /// Opens the vault once with a fault, and lets it go. Whether the fault struck.
    private func isCutOff(by fault: DiskFault) throws -> Bool {
        medium.arm(fault)
        do { _ = try medium.open() } catch {}
        let hasStruck = medium.disarm()
        if hasStruck { startsCutOff += 1 }
        return hasStruck
    }

    private static func outcome(_ body: () throws(LicenceError) -> TransferAnswer) -> Outcome {
        do throws(LicenceError) {
            return .answered(try body())
        } catch {
            return .refused(error)
        }
    }
}

/// A cable whose exchanges are counted.
private final class CountingCable: DongleTransport {
    private let cable: DonglePipe
    private(set) var exchanges: UInt32 = 0

    init(_ cable: DonglePipe) { self.cable = cable }

    func exchange(_ frame: [UInt8], within limit: Duration) throws(TransportError) -> [UInt8] {
        exchanges += 1
        return try cable.exchange(frame, within: limit)
    }

    func close() { cable.close() }
}

/// What is wrong in a world.
struct Fault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
