import Dispatch
import Licensing
import TransferCodes
import VaultStore
import Vaults

/// A vault behind an actor of its own: the local store, or a dongle from plug to unplug.
actor Place {
    /// Where it is.
    nonisolated let location: Location

    private let executor: PlaceExecutor
    private let vault: any Vault
    private let storeFailure: StoreFailure?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - vault: from now on used by this place alone.
    ///   - storeFailure: told once the disk under the vault has failed; nil for a dongle, whose disk is not the daemon's.
    init(location: Location, vault: sending any Vault, storeFailure: StoreFailure? = nil) {
        self.location = location
        self.vault = vault
        self.storeFailure = storeFailure
        executor = PlaceExecutor(label: "almd.\(location)")
    }

    /// Opens a vault where waiting is allowed: greeting a dongle and asking it what it is take as long as the dongle does.
    static func open(
        storeFailure: StoreFailure? = nil, _ vault: @escaping @Sendable () throws -> sending any Vault
    ) async throws -> (place: Place, status: VaultStatus) {
        try await withCheckedThrowingContinuation { continuation in
            // On a queue of its own: the global ones wake the process for good (TaskPool).
            DispatchQueue(label: "almd.opening").async {
                continuation.resume(
                    with: Result {
                        let opened = try vault()
                        let status = try opened.status()
                        return (Place(location: status.location, vault: opened, storeFailure: storeFailure), status)
                    })
            }
        }
    }

    func status() throws(LicenceError) -> VaultStatus {
        try watched { () throws(LicenceError) in try vault.status() }
    }

    func keys() throws(LicenceError) -> [HeldKey] {
        try watched { () throws(LicenceError) in try vault.keys() }
    }

    func transfers() throws(LicenceError) -> [TransferSummary] {
        try watched { () throws(LicenceError) in try vault.transfers() }
    }

    func perform(_ step: TransferStep, on occasion: Occasion) throws(LicenceError) -> TransferAnswer {
        try watched { () throws(LicenceError) in try vault.perform(step, on: occasion) }
    }

    func recognise(_ code: TransferCode) throws(LicenceError) -> TransferSummary? {
        try watched { () throws(LicenceError) in try vault.recognise(code) }
    }

    func prove(_ licence: LicenceNumber, _ challenge: ProofChallenge) throws(LicenceError) -> ProofAnswer {
        try watched { () throws(LicenceError) in try vault.prove(licence, challenge) }
    }

    /// What happened here, oldest first; nothing for a place that can't be asked.
    func history() throws(LicenceError) -> [HistoryEntry] {
        guard let vault = vault as? any MintingVault else { return [] }
        return try watched { () throws(LicenceError) in try vault.history() }
    }

    /// How the place is on its disk; nil where it is none that lies on a disk of this machine.
    func health(isThorough: Bool) throws(LicenceError) -> StoreHealth? {
        guard let store = vault as? SQLiteVault else { return nil }
        return try watched { () throws(LicenceError) in try store.health(isThorough: isThorough) }
    }

    /// Whether a key is here; true where the place can't tell, since then nothing says that it left.
    func mayHold(_ licence: LicenceNumber) -> Bool {
        (try? keys().contains { $0.number == licence }) ?? true
    }

    /// Begins nothing for somebody who is gone, however long others were asked before. Reports a disk that failed, by
    /// whichever question it came out.
    private func watched<Answer>(_ body: () throws(LicenceError) -> Answer) throws(LicenceError) -> Answer {
        guard !Task.isCancelled else { throw LicenceError(.cancelled) }
        do {
            return try body()
        } catch {
            storeFailure?.note(error)
            throw error
        }
    }
}
