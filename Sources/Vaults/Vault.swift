package import Licensing
package import TransferCodes

/// A place that holds licence keys: the local store, a dongle, or one in memory for tests.
///
/// A key enters and leaves it only by the steps of a transfer. Whatever a call answers is durable before it answers;
/// a call that throws changed nothing but the count of wrong request codes (`requestUnknown`, `offerGuessed`). After
/// `donglePulled`, `dongleSilent` and `storeFailed` the change has happened whole or not at all, and the same call, made
/// again, goes on from there.
///
/// A vault is used by one task at a time.
package protocol Vault: AnyObject {
    /// What it is and what state it is in.
    func status() throws(LicenceError) -> VaultStatus
    /// Every key it holds, by licence number.
    func keys() throws(LicenceError) -> [HeldKey]
    /// Every transfer it knows, oldest first.
    func transfers() throws(LicenceError) -> [TransferSummary]
    /// Does one step of a transfer.
    func perform(_ step: TransferStep, on occasion: Occasion) throws(LicenceError) -> TransferAnswer
    /// The transfer of this vault that `code` belongs to, if there is one; for a request code, with that request's
    /// fingerprint. Nothing changes and nothing is counted; a start code belongs to no vault yet.
    func recognise(_ code: TransferCode) throws(LicenceError) -> TransferSummary?
    /// Proves to an application that the key is here.
    func prove(_ licence: LicenceNumber, _ challenge: ProofChallenge) throws(LicenceError) -> ProofAnswer
}

/// What a vault is and how it is.
package struct VaultStatus: Sendable, Hashable {
    /// Where it is.
    package let location: Location
    /// How much it may hold.
    package let capacity: VaultCapacity
    /// Goes up with every change.
    package let stateCounter: UInt64
    /// Why it is LOCKED: a copy, a restored backup, another machine. Nil where it is in order.
    package let lockedReason: String?

    package init(location: Location, capacity: VaultCapacity, stateCounter: UInt64, lockedReason: String?) {
        self.location = location
        self.capacity = capacity
        self.stateCounter = stateCounter
        self.lockedReason = lockedReason
    }
}

/// A vault into which a vendor's program can put new keys. Dongles are none: keys reach them by a transfer.
package protocol MintingVault: Vault {
    /// Takes in a key that was just made.
    func mint(_ certificate: Certificate, _ seed: Seed, on occasion: Occasion) throws(LicenceError)
    /// What happened here, oldest first, as far back as the vault remembers.
    func history() throws(LicenceError) -> [HistoryEntry]
}
