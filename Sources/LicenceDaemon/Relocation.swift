import Licensing
import Logging
import Vaults

/// A planned move of a store to another disk or another machine id: every key goes from the old store to a new one by the
/// same steps as any other move, while no daemon runs.
///
/// Cut off anywhere it is taken up by running it again. Transfers that are still under way stay with the old store, which
/// is named at the end as long as it is needed.
struct Relocation: Sendable {
    let old: Place
    let new: Place
    let occasion: Occasion
    let logger: Logger

    init(from old: Place, to new: Place, on occasion: Occasion, logger: Logger) {
        self.old = old
        self.new = new
        self.occasion = occasion
        self.logger = logger
    }

    /// What came of it.
    struct Outcome: Sendable, Equatable {
        /// The keys that are in the new store now and were not before.
        let moved: [LicenceNumber]
        /// The transfers for which the old store is still needed.
        let remaining: [TransferIdentifier]
    }

    /// Moves every key.
    func run() async throws -> Outcome {
        let occasion = occasion
        let move = KeyMove(source: old, target: new) { step, place in try await place.perform(step, on: occasion) }
        var moved: [LicenceNumber] = []
        for transfer in try await move.begun() {
            moved.append(try await move.finish(transfer.identifier).transfer.certificate.number)
        }
        for key in try await old.keys() {
            _ = try await move.move(key)
            moved.append(key.number)
            logger.info("moved", metadata: ["licence": "\(key.number)"])
        }
        let remaining = try await old.transfers().filter(\.isUnfinished).map(\.identifier)
        return Outcome(moved: moved, remaining: remaining)
    }
}
