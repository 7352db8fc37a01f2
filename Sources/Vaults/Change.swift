package import Licensing

/// One thing that a step changes in a vault. A vault applies all changes of a step in one durable commit, each to
/// exactly one record and only out of the state it names; where a record is not as expected, none of them happens.
package enum Change: Sendable {
    /// The key is held here from now on. No key of its number may be held already.
    case insertKey(HeldKey, Seed)
    /// The key's seed and its row are erased. It must be held.
    case eraseKey(LicenceNumber)
    /// A new offer.
    case insertOutgoing(OutgoingTransfer)
    /// OFFERED → WITHDRAWN.
    case withdraw(TransferIdentifier, at: Timestamp)
    /// OFFERED → RELEASED, with what takes the seed's place.
    case release(TransferIdentifier, OutgoingTransfer.Release, escrow: Secret, at: Timestamp)
    /// RELEASED → SETTLED; activation and escrow are erased.
    case settle(TransferIdentifier, at: Timestamp)
    /// RELEASED → RETURNED; activation and escrow are erased.
    case takeBack(TransferIdentifier, returnDigest: [UInt8], at: Timestamp)
    /// A new request with its secret *e*.
    case insertIncoming(IncomingTransfer, Secret)
    /// OPEN → ACTIVE; *e* is erased.
    case activate(TransferIdentifier, tag: [UInt8], activationDigest: [UInt8], receipt: [UInt8], at: Timestamp)
    /// OPEN → DECLINED; *e* is erased, the return key takes its place.
    case decline(TransferIdentifier, tag: [UInt8], returnKey: Secret, at: Timestamp)
    /// A finished outgoing record is forgotten.
    case forgetOutgoing(TransferIdentifier)
    /// A finished incoming record is forgotten.
    case forgetIncoming(TransferIdentifier)
    /// One more request code that answers no offer.
    case countWrongRequest

    /// Whether a store on disk has to be re-created around this change (a new anchor, a fresh key for every secret), so
    /// that a backup from before it can't bring back what it gave up: a key that left, or the ability to activate.
    package var givesUpSomething: Bool {
        switch self {
        case .release, .decline: true
        default: false
        }
    }
}
