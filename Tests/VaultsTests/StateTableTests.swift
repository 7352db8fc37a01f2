import Licensing
import Testing
import Vaults

/// Every pair of state and event of both sides, written out: the table of the checked model.
@Suite struct StateTableTests {
    @Test func everyPairAtTheSourceIsAsListed() {
        for row in Self.source {
            #expect(row.state.after(row.event) == row.verdict, "\(row.state) after \(row.event)")
        }
        #expect(Self.source.count == OutgoingState.allCases.count * OutgoingState.Event.allCases.count)
        #expect(Set(Self.source.map { "\($0.state) \($0.event)" }).count == Self.source.count)
    }

    @Test func everyPairAtTheTargetIsAsListed() {
        for row in Self.target {
            #expect(row.state.after(row.event) == row.verdict, "\(row.state) after \(row.event)")
        }
        #expect(Self.target.count == IncomingState.allCases.count * IncomingState.Event.allCases.count)
        #expect(Set(Self.target.map { "\($0.state) \($0.event)" }).count == Self.target.count)
    }

    @Test func onlyFinishedRecordsMayBeForgotten() {
        #expect(OutgoingState.allCases.filter(\.isFinished) == [.withdrawn, .settled, .returned])
        #expect(IncomingState.allCases.filter(\.isFinished) == [.active])
    }

    /// What a vault stores and lists: never renumbered, never renamed.
    @Test func statesKeepTheirNumbersAndNames() {
        #expect(OutgoingState.allCases.map(\.rawValue) == [1, 2, 3, 4, 5])
        #expect(
            OutgoingState.allCases.map(\.name) == ["OFFERED", "WITHDRAWN", "RELEASED", "SETTLED", "RETURNED"])
        #expect(IncomingState.allCases.map(\.rawValue) == [1, 2, 3])
        #expect(IncomingState.allCases.map(\.name) == ["OPEN", "ACTIVE", "DECLINED"])
    }

    private static let source: [(state: OutgoingState, event: OutgoingState.Event, verdict: Verdict<OutgoingState>)] =
        [
            (.offered, .cancel, .moves(to: .withdrawn)),
            (.offered, .supersede, .moves(to: .withdrawn)),
            (.offered, .release, .moves(to: .released)),
            (.offered, .settle, .refused(.notReleased)),
            (.offered, .reclaim, .refused(.nothingToTakeBack)),
            (.offered, .comeBack, .stands),

            (.withdrawn, .cancel, .stands),
            (.withdrawn, .supersede, .stands),
            (.withdrawn, .release, .refused(.requestForOlderStartCode)),
            (.withdrawn, .settle, .refused(.notReleased)),
            (.withdrawn, .reclaim, .refused(.nothingToTakeBack)),
            (.withdrawn, .comeBack, .stands),

            (.released, .cancel, .refused(.notOffered)),
            (.released, .supersede, .refused(.keyReleased)),
            (.released, .release, .stands),
            (.released, .settle, .moves(to: .settled)),
            (.released, .reclaim, .moves(to: .returned)),
            (.released, .comeBack, .moves(to: .settled)),

            (.settled, .cancel, .refused(.transferClosed)),
            (.settled, .supersede, .stands),
            (.settled, .release, .refused(.transferClosed)),
            (.settled, .settle, .stands),
            (.settled, .reclaim, .refused(.transferClosed)),
            (.settled, .comeBack, .stands),

            (.returned, .cancel, .refused(.transferClosed)),
            (.returned, .supersede, .stands),
            (.returned, .release, .refused(.keyTakenBack)),
            (.returned, .settle, .refused(.transferClosed)),
            (.returned, .reclaim, .stands),
            (.returned, .comeBack, .stands),
        ]

    private static let target: [(state: IncomingState, event: IncomingState.Event, verdict: Verdict<IncomingState>)] =
        [
            (.open, .requestAgain, .stands),
            (.open, .activate, .moves(to: .active)),
            (.open, .decline, .moves(to: .declined)),
            (.open, .receipt, .refused(.receiptNotYet)),

            (.active, .requestAgain, .refused(.alreadyActive)),
            (.active, .activate, .stands),
            (.active, .decline, .refused(.notOpen)),
            (.active, .receipt, .stands),

            (.declined, .requestAgain, .refused(.requestDeclined)),
            (.declined, .activate, .refused(.requestDeclined)),
            (.declined, .decline, .stands),
            (.declined, .receipt, .refused(.receiptNotYet)),
        ]
}
