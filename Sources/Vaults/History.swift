package import Licensing

/// A line in the life of a vault, written in the same commit as what it tells of.
package struct HistoryEntry: Sendable, Hashable {
    /// What happened.
    package enum Event: String, Sendable, Hashable, CaseIterable {
        /// A vendor put the key in.
        case minted
        /// A start code was made.
        case offered
        /// A person took the start code back, or a fresh one took its place: then the line of that one follows.
        case withdrawn
        /// The last of too many request codes that answer no start code was loaded, and the start code is dead for it. The
        /// user is who loaded that one.
        case guessed
        /// A request code was made.
        case requested
        /// The key left.
        case released
        /// The key came.
        case activated
        /// The key is known to have arrived: its receipt was loaded, or it came back by another transfer, whose line
        /// stands before.
        case settled
        /// An administrator gave up the claim to the key with nothing to show that it arrived.
        case closed
        /// The request was given up, and a return code made.
        case declined
        /// The return code brought the key back.
        case returned
        /// An administrator vouched that the store's old anchor, which somebody had kept, is gone for good. Told of each
        /// transfer whose code was withheld for its sake.
        case vouched
        /// What a later release wrote, whose name this one does not know. Never written.
        case unrecognised
    }

    /// What happened.
    package let event: Event
    /// The licence it happened to.
    package let licence: LicenceNumber
    /// The transfer by which it happened; nil for minting.
    package let transfer: TransferIdentifier?
    /// When and by whom.
    package let occasion: Occasion

    package init(event: Event, licence: LicenceNumber, transfer: TransferIdentifier?, occasion: Occasion) {
        self.event = event
        self.licence = licence
        self.transfer = transfer
        self.occasion = occasion
    }
}
