import Licensing
import TransferCodes
import VaultStore
import Vaults

/// A vault behind an actor of its own: the local store, or a dongle from plug to unplug.
actor Place {
    /// Where it is.
    nonisolated let location: Location

    private let executor: PlaceExecutor
    /// Nil once the place is closed.
    private var vault: (any Vault)?
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
        try await Opening().open(storeFailure, vault)
    }

    /// Where a place is made before there is one.
    private actor Opening {
        private let executor = PlaceExecutor(label: "almd.opening")

        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        func open(
            _ storeFailure: StoreFailure?, _ vault: @Sendable () throws -> sending any Vault
        ) throws -> (place: Place, status: VaultStatus) {
            let opened = try vault()
            let status = try opened.status()
            return (Place(location: status.location, vault: opened, storeFailure: storeFailure), status)
        }
    }

    func status() throws(LicenceError) -> VaultStatus {
        try watched { vault throws(LicenceError) in try vault.status() }
    }

    func keys() throws(LicenceError) -> [HeldKey] {
        try watched { vault throws(LicenceError) in try vault.keys() }
    }

    func transfers() throws(LicenceError) -> [TransferSummary] {
        try watched { vault throws(LicenceError) in try vault.transfers() }
    }

    func perform(_ step: TransferStep, on occasion: Occasion) throws(LicenceError) -> TransferAnswer {
        try watched { vault throws(LicenceError) in try vault.perform(step, on: occasion) }
    }

    func recognise(_ code: TransferCode) throws(LicenceError) -> TransferSummary? {
        try watched { vault throws(LicenceError) in try vault.recognise(code) }
    }

    func prove(_ licence: LicenceNumber, _ challenge: ProofChallenge) throws(LicenceError) -> ProofAnswer {
        try watched { vault throws(LicenceError) in try vault.prove(licence, challenge) }
    }

    /// What happened here, oldest first; nothing for a place that can't be asked.
    func history() throws(LicenceError) -> [HistoryEntry] {
        try watched { vault throws(LicenceError) in try (vault as? any MintingVault)?.history() ?? [] }
    }

    /// How the place is on its disk; nil where it is none that lies on a disk of this machine.
    func health(isThorough: Bool) throws(LicenceError) -> StoreHealth? {
        try watched { vault throws(LicenceError) in try (vault as? SQLiteVault)?.health(isThorough: isThorough) }
    }

    /// Whether a key is here; true where the place can't tell, since then nothing says that it left.
    func mayHold(_ licence: LicenceNumber) -> Bool {
        (try? keys().contains { $0.number == licence }) ?? true
    }

    /// Lets go of the vault, so that another process may open it. Nothing is begun from now on.
    func close() { vault = nil }

    /// Begins nothing for somebody who is gone, however long others were asked before. Reports a disk that failed, by
    /// whichever question it came out.
    private func watched<Answer>(_ body: (any Vault) throws(LicenceError) -> Answer) throws(LicenceError) -> Answer {
        guard !Task.isCancelled, let vault else { throw LicenceError(.cancelled) }
        do {
            return try body(vault)
        } catch {
            storeFailure?.note(error)
            throw error
        }
    }
}
