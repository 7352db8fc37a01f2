import Dispatch
import Licensing
import TransferCodes
import Vaults

/// A vault behind an actor of its own: the local store, or a dongle from plug to unplug.
actor Place {
    /// Where it is.
    nonisolated let location: Location

    private let executor: PlaceExecutor
    private let vault: any Vault

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter vault: from now on used by this place alone.
    init(location: Location, vault: sending any Vault) {
        self.location = location
        self.vault = vault
        executor = PlaceExecutor(label: "almd.\(location)")
    }

    /// Opens a vault where waiting is allowed: greeting a dongle takes as long as the dongle does.
    static func open(
        _ vault: @escaping @Sendable () throws -> sending any Vault
    ) async throws -> (place: Place, status: VaultStatus) {
        let opened = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try vault() }) }
        }
        let status = try opened.status()
        return (Place(location: status.location, vault: opened), status)
    }

    func status() throws(LicenceError) -> VaultStatus { try vault.status() }

    func keys() throws(LicenceError) -> [HeldKey] { try vault.keys() }

    func transfers() throws(LicenceError) -> [TransferSummary] { try vault.transfers() }

    func perform(_ step: TransferStep, on occasion: Occasion) throws(LicenceError) -> TransferAnswer {
        try vault.perform(step, on: occasion)
    }

    func recognise(_ code: TransferCode) throws(LicenceError) -> TransferSummary? {
        try vault.recognise(code)
    }

    func prove(_ licence: LicenceNumber, _ challenge: ProofChallenge) throws(LicenceError) -> ProofAnswer {
        try vault.prove(licence, challenge)
    }
}
