import Licensing
import Vaults

/// Which key was to move from where to where, for each move that was begun and not finished.
///
/// An offer does not say whom it is for. Where the move was cut off before the target's answer came, this alone tells the
/// person which dongle to plug in. The key has not left then; so a daemon that was started anew may have forgotten it.
struct MovesBegun: Sendable {
    /// How many are remembered; of more, the one that began first is forgotten.
    static let most = 100

    private var moves: [(licence: LicenceNumber, source: Location, target: Location)] = []

    /// A move begins; whatever was begun with that key before counts no longer.
    mutating func begin(_ licence: LicenceNumber, from source: Location, to target: Location) {
        end(licence)
        moves.append((licence, source, target))
        if moves.count > Self.most { moves.removeFirst() }
    }

    /// The move of a key is over.
    mutating func end(_ licence: LicenceNumber) { moves.removeAll { $0.licence == licence } }

    /// Where the move that made an offer was going; nil for anything but an offer, and for one that a person carries.
    ///
    /// - Parameter location: where the transfer is.
    func target(of transfer: TransferSummary, at location: Location) -> Location? {
        guard transfer.standing == .source(.offered) else { return nil }
        return moves.first { $0.licence == transfer.certificate.number && $0.source == location }?.target
    }
}
