import Licensing
package import Vaults

/// Everything a vault tells of itself, to see whether a step changed something.
package struct VaultSnapshot: Equatable {
    /// The keys it holds.
    package let keys: [HeldKey]
    /// The transfers it knows.
    package let transfers: [TransferSummary]
    /// Its state counter.
    package let stateCounter: UInt64
    /// What it tells of what happened; empty for one that can't be asked.
    package let history: [HistoryEntry]

    package init(_ vault: any Vault) throws {
        keys = try vault.keys()
        transfers = try vault.transfers()
        stateCounter = try vault.status().stateCounter
        history = try (vault as? any MintingVault)?.history() ?? []
    }
}
