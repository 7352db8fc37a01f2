import Control

/// What a step without a code of its own did, in a sentence.
enum StepSentence {
    /// Step 4.
    static func activated(_ step: StepEntry) -> String {
        let transfer = step.transfer
        return "licence \(transfer.licence) (\(transfer.product) \(transfer.productVersion)) "
            + (step.repeated ? "was already active in \(transfer.location)" : "is active in \(transfer.location)")
            + "; the receipt code, with which the source closes its books, is made here: "
            + "almctl offline-transfer receipt \(transfer.transfer)"
    }

    /// A return code was loaded.
    static func takenBack(_ step: StepEntry) -> String {
        "licence \(step.transfer.licence) is back in \(step.transfer.location)"
    }

    /// A receipt code was loaded.
    static func settled(_ step: StepEntry) -> String {
        "transfer \(step.transfer.transfer) is closed: licence \(step.transfer.licence) arrived"
    }

    /// A start code was withdrawn.
    static func cancelled(_ step: StepEntry) -> String {
        "the start code of transfer \(step.transfer.transfer) is withdrawn; "
            + "licence \(step.transfer.licence) stays in \(step.transfer.location)"
    }
}
