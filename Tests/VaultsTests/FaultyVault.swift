import Licensing
import TransferCodes
import Vaults

/// A vault in memory that breaks one rule, for tests that have to notice.
final class FaultyVault: MintingVault {
    /// The rule that it breaks.
    enum Fault: String, CaseIterable {
        /// It lists a key that it released as if it still had it.
        case keepsReleasedKeys
        /// It does not list a key that it took back.
        case losesReturnedKeys
        /// It forgets that a request is open.
        case forgetsOpenRequests
        /// It says of a declined request that it is active.
        case forgetsDeclines
    }

    private let fault: Fault
    private let vault: MemoryVault
    private var released: [HeldKey] = []

    init(_ fault: Fault, location: Location, capacity: VaultCapacity, random: @escaping RandomBytes) {
        self.fault = fault
        vault = MemoryVault(location: location, capacity: capacity, random: random)
    }

    func status() -> VaultStatus { vault.status() }

    func keys() throws(LicenceError) -> [HeldKey] {
        switch fault {
        case .keepsReleasedKeys:
            let held = vault.keys()
            return held + released.filter { key in !held.contains { $0.number == key.number } }
        case .losesReturnedKeys:
            let returned = try vault.transfers().filter { $0.standing == .source(.returned) }.map(\.certificate)
            return vault.keys().filter { !returned.contains($0.certificate) }
        case .forgetsOpenRequests, .forgetsDeclines: return vault.keys()
        }
    }

    func transfers() throws(LicenceError) -> [TransferSummary] {
        let all = try vault.transfers()
        return switch fault {
        case .forgetsOpenRequests: all.filter { $0.standing != .target(.open) }
        case .forgetsDeclines: all.filter { $0.standing != .target(.declined) }
        case .keepsReleasedKeys, .losesReturnedKeys: all
        }
    }

    func perform(_ step: TransferStep, on occasion: Occasion) throws(LicenceError) -> TransferAnswer {
        let before = vault.keys()
        let answer = try vault.perform(step, on: occasion)
        if answer.transfer.standing == .source(.released) {
            released += before.filter { $0.certificate == answer.transfer.certificate }
        }
        return answer
    }

    func recognise(_ code: TransferCode) throws(LicenceError) -> TransferSummary? { try vault.recognise(code) }

    func prove(_ licence: LicenceNumber, _ challenge: ProofChallenge) throws(LicenceError) -> ProofAnswer {
        try vault.prove(licence, challenge)
    }

    func mint(_ certificate: Certificate, _ seed: Seed, on occasion: Occasion) throws(LicenceError) {
        try vault.mint(certificate, seed, on: occasion)
    }

    func history() -> [HistoryEntry] { vault.history() }
}
