import Licensing
import Synchronization
import TestKit
import TransferCodes
import Vaults

/// A vault in memory that a test can look into while a place uses it, and that fails when it is told to.
final class SharedVault: MintingVault, Sendable {
    private struct Contents {
        let vault: MemoryVault
        var failure: LicenceError?
        var lockedReason: String?
        var proving: @Sendable () -> Void = {}
        var recognised: @Sendable () -> Void = {}
        var recognisesNothing = false
    }

    let location: Location
    private let contents: Mutex<Contents>

    init(_ location: Location, capacity: VaultCapacity = .dongle, seed: UInt64 = 1) {
        self.location = location
        contents = Mutex(
            Contents(
                vault: MemoryVault(
                    location: location, capacity: capacity, random: DeterministicRandom(seed: seed).source)))
    }

    /// Every call fails so from now on; nil: none does.
    func fail(with error: LicenceError?) { contents.withLock { $0.failure = error } }

    /// The vault is LOCKED from now on, for whoever asks what it is; steps are refused, lists are not.
    func lock(_ reason: String) { contents.withLock { $0.lockedReason = reason } }

    /// Has `body` done in the midst of every proof, on the thread of the place, which may wait.
    func whenProving(_ body: @escaping @Sendable () -> Void) { contents.withLock { $0.proving = body } }

    /// Has `body` done after it was asked once which transfer a code belongs to, before anything else is asked of it.
    func afterRecognising(_ body: @escaping @Sendable () -> Void) { contents.withLock { $0.recognised = body } }

    /// From now on it knows no code, whatever it does with one.
    func recogniseNothing() { contents.withLock { $0.recognisesNothing = true } }

    /// Puts a key into it, as a vendor does.
    func mint(_ key: TestKey) throws {
        try contents.withLock {
            try $0.vault.mint(key.certificate, key.seed, on: Occasion(now: Timestamp(seconds: 1), user: 0))
        }
    }

    func status() throws(LicenceError) -> VaultStatus {
        try use { contents in
            let status = contents.vault.status()
            return VaultStatus(
                location: status.location, capacity: status.capacity, stateCounter: status.stateCounter,
                lockedReason: contents.lockedReason)
        }
    }

    func keys() throws(LicenceError) -> [HeldKey] { try use { $0.vault.keys() } }

    func transfers() throws(LicenceError) -> [TransferSummary] {
        try use { contents throws(LicenceError) in try contents.vault.transfers() }
    }

    func mint(_ certificate: Certificate, _ seed: Seed, on occasion: Occasion) throws(LicenceError) {
        try use { contents throws(LicenceError) in try contents.vault.mint(certificate, seed, on: occasion) }
    }

    func history() throws(LicenceError) -> [HistoryEntry] { try use { $0.vault.history() } }

    func perform(_ step: TransferStep, on occasion: Occasion) throws(LicenceError) -> TransferAnswer {
        try use { contents throws(LicenceError) in
            if let reason = contents.lockedReason {
                throw LicenceError(
                    .vaultLocked, [.location: contents.vault.status().location.description, .reason: reason])
            }
            return try contents.vault.perform(step, on: occasion)
        }
    }

    func recognise(_ code: TransferCode) throws(LicenceError) -> TransferSummary? {
        let found = try use { contents throws(LicenceError) in
            contents.recognisesNothing ? nil : try contents.vault.recognise(code)
        }
        let body = contents.withLock { contents in
            defer { contents.recognised = {} }
            return contents.recognised
        }
        body()
        return found
    }

    func prove(_ licence: LicenceNumber, _ challenge: ProofChallenge) throws(LicenceError) -> ProofAnswer {
        contents.withLock { $0.proving }()
        return try use { contents throws(LicenceError) in try contents.vault.prove(licence, challenge) }
    }

    private func use<Answer: Sendable>(
        _ body: (Contents) throws(LicenceError) -> Answer
    ) throws(LicenceError) -> Answer {
        try contents.withLock { contents throws(LicenceError) in
            if let failure = contents.failure { throw failure }
            return try body(contents)
        }
    }
}
