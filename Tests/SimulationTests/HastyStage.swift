import Licensing
import SimulationKit
import TransferCodes
import Vaults

/// Vaults in memory that answer some steps before they have done them, and then do not do them.
struct HastyStage: Stage {
    /// Which steps.
    let isHasty: @Sendable (TransferStep) -> Bool

    let isOnDisk = false

    func medium(
        for place: Int, _ location: Location, _ capacity: VaultCapacity, _ random: @escaping RandomBytes
    ) -> any Medium {
        HastyMedium(MemoryVault(location: location, capacity: capacity, random: random), random, isHasty)
    }

    func begin(seed: UInt64) {}
    func clear() {}
}

/// What such a vault lies on.
final class HastyMedium: Medium {
    private var vault: MemoryVault
    private let random: RandomBytes
    private let isHasty: @Sendable (TransferStep) -> Bool

    init(_ vault: MemoryVault, _ random: @escaping RandomBytes, _ isHasty: @escaping @Sendable (TransferStep) -> Bool) {
        (self.vault, self.random, self.isHasty) = (vault, random, isHasty)
    }

    let isDisk = false

    func open() -> any MintingVault {
        vault = MemoryVault(copying: vault, random: random)
        return HastyVault(vault, random, isHasty)
    }

    func arm(_ fault: DiskFault) {}
    func disarm() -> Bool { false }
    func losePower(seed: UInt64) {}
    func contents() -> [String: [UInt8]]? { nil }
    func backUp(as tape: Int) {}
    func restore(_ tape: Int) {}
    func clone(_ tape: Int, at place: Int) -> any Medium { self }
}

/// Answers a hasty step from a copy of itself.
final class HastyVault: MintingVault {
    private let vault: MemoryVault
    private let random: RandomBytes
    private let isHasty: @Sendable (TransferStep) -> Bool

    init(_ vault: MemoryVault, _ random: @escaping RandomBytes, _ isHasty: @escaping @Sendable (TransferStep) -> Bool) {
        (self.vault, self.random, self.isHasty) = (vault, random, isHasty)
    }

    func perform(_ step: TransferStep, on occasion: Occasion) throws(LicenceError) -> TransferAnswer {
        let vault = isHasty(step) ? MemoryVault(copying: vault, random: random) : vault
        return try vault.perform(step, on: occasion)
    }

    func status() -> VaultStatus { vault.status() }
    func keys() -> [HeldKey] { vault.keys() }
    func transfers() throws(LicenceError) -> [TransferSummary] { try vault.transfers() }
    func recognise(_ code: TransferCode) throws(LicenceError) -> TransferSummary? { try vault.recognise(code) }
    func prove(_ licence: LicenceNumber, _ challenge: ProofChallenge) throws(LicenceError) -> ProofAnswer {
        try vault.prove(licence, challenge)
    }
    func mint(_ certificate: Certificate, _ seed: Seed, on occasion: Occasion) throws(LicenceError) {
        try vault.mint(certificate, seed, on: occasion)
    }
    func history() -> [HistoryEntry] { vault.history() }
}
