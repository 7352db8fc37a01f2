import Control
import Licensing
import Vaults

/// Transfers as lists show them, each with what has to be done next.
extension TransferDesk {
    /// The transfers with something left to do, or all.
    func list(all: Bool) async throws -> [TransferEntry] {
        let transfers = try await transfers()
        let entry = await entries(among: transfers)
        return transfers.filter { all || $0.transfer.isUnfinished }.map { entry($0.location, $0.transfer) }
    }

    /// What happened in the local store, oldest first: to every key, or to the one whose number begins so.
    ///
    /// - Throws: `keyAmbiguous` where several keys that are remembered do.
    func history(beginning text: String?) async throws -> [HistoryLine] {
        let history = try await mounts.place(at: .local).history()
        guard let text else { return history.map(HistoryLine.init) }
        let found = history.filter { $0.licence.begins(with: text) }
        guard found.allSatisfy({ $0.licence == found.first?.licence }) else {
            throw LicenceError(.keyAmbiguous, [.licence: text])
        }
        return found.map(HistoryLine.init)
    }

    /// A transfer as a list shows it.
    func entry(for transfer: TransferSummary, at location: Location) async -> TransferEntry {
        await entries(among: (try? await transfers()) ?? [])(location, transfer)
    }

    /// What makes the entry of one transfer, where these are known.
    private func entries(
        among known: [(location: Location, transfer: TransferSummary)]
    ) async -> (Location, TransferSummary) -> TransferEntry {
        let (present, moves) = (await mounts.places.map(\.location), await mounts.moves)
        return { location, transfer in
            TransferEntry(
                transfer, at: location,
                other: Self.otherSide(of: transfer, at: location, among: known)
                    ?? moves.target(of: transfer, at: location),
                present: present)
        }
    }

    /// The place of this machine that is the other side of a transfer.
    static func otherSide(
        of transfer: TransferSummary, at location: Location,
        among known: [(location: Location, transfer: TransferSummary)]
    ) -> Location? {
        known.first { candidate in
            guard candidate.transfer.identifier == transfer.identifier, candidate.location != location else {
                return false
            }
            // Two requests for one start code have one name; the fingerprint tells which of them was answered. An offer
            // has seen none yet.
            let isAnswered = candidate.transfer.fingerprint == transfer.fingerprint
            switch (transfer.standing, candidate.transfer.standing) {
            case (.source(.offered), .target(.open)), (.target(.open), .source(.offered)): return true
            case (.source, .target(.open)), (.source, .target(.active)), (.target, .source(.released)):
                return isAnswered
            default: return false
            }
        }?.location
    }
}
