package import Licensing

/// A line in the life of a vault, written in the same commit as what it tells of.
package struct HistoryEntry: Sendable, Hashable {
    /// What happened.
    package enum Event: String, Sendable, Hashable, CaseIterable {
        case minted, offered, withdrawn, requested, released, activated, settled, declined, returned
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
