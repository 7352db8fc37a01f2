package import Licensing

/// What the rules read of a vault, as it stands within the commit that is being planned.
///
/// Every read may fail as the disk may; secrets come one at a time and only where a rule computes with them.
package protocol VaultReading {
    /// Where the vault is, for errors.
    var location: Location { get }
    /// How much it may hold.
    var capacity: VaultCapacity { get }
    /// Why the vault is LOCKED; nil where it is in order. Reading a secret of a LOCKED vault throws `vaultLocked`.
    var lockedReason: String? { get }
    /// How many request codes that answer no offer were loaded here, ever.
    func wrongRequests() throws(LicenceError) -> UInt32
    /// Every key held here.
    func keys() throws(LicenceError) -> [HeldKey]
    /// Every transfer of which this vault is the source, oldest first.
    func outgoing() throws(LicenceError) -> [OutgoingTransfer]
    /// Every transfer of which this vault is the target, oldest first.
    func incoming() throws(LicenceError) -> [IncomingTransfer]
    /// The seed of a held key.
    func seed(of licence: LicenceNumber) throws(LicenceError) -> Seed
    /// The escrow of a released transfer: the seed, hidden by the return key.
    func escrow(of transfer: TransferIdentifier) throws(LicenceError) -> Secret
    /// The secret *e* of an open request.
    func requestSecret(of transfer: TransferIdentifier) throws(LicenceError) -> Secret
    /// The return key of a declined request.
    func returnKey(of transfer: TransferIdentifier) throws(LicenceError) -> Secret
}

/// How much a vault may hold.
package struct VaultCapacity: Sendable, Hashable {
    /// Keys, the reserved room of open requests included.
    package let keys: UInt32
    /// Records of transfers, either side.
    package let records: UInt32

    package init(keys: UInt32, records: UInt32) {
        self.keys = keys
        self.records = records
    }

    /// What a local store holds.
    package static let localStore = VaultCapacity(keys: 10_000, records: 10_000)
    /// What a new dongle holds.
    package static let dongle = VaultCapacity(keys: 64, records: 256)
}
