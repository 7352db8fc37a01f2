package import Licensing
import TransferCodes

/// What a step comes to, before any of it has happened: the changes that a vault makes in one durable commit, and what
/// it answers afterwards. A plan without changes commits nothing.
package struct Plan<Answer: Sendable>: Sendable {
    /// What changes, all of it or nothing.
    package let changes: [Change]
    /// What is told of it, in the same commit.
    package let history: [HistoryEntry]
    /// What is answered once the commit is durable. A refusal may come with changes: a wrong request code is counted.
    package let outcome: Result<Answer, LicenceError>

    /// Whether a store on disk has to be re-created around the commit; see ``Change/givesUpSomething``.
    package var givesUpSomething: Bool { changes.contains(where: \.givesUpSomething) }

    init(changes: [Change] = [], history: [HistoryEntry] = [], outcome: Result<Answer, LicenceError>) {
        self.changes = changes
        self.history = history
        self.outcome = outcome
    }
}

/// What a step of a transfer comes to.
package typealias TransferPlan = Plan<TransferAnswer>

extension TransferPlan {
    /// The same answer as before; nothing changes.
    static func again(_ transfer: TransferSummary, _ code: TransferCode?) -> TransferPlan {
        TransferPlan(outcome: .success(TransferAnswer(transfer: transfer, code: code, isRepeat: true)))
    }
}
