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
        let licence = step.transfer.licence
        // A success, since there is nothing left to do. That the key is here it must not say: it may have left again since.
        return step.repeated
            ? "licence \(licence) was taken back before, at \(Moment.exactText(step.transfer.changed)), with transfer "
                + "\(step.transfer.transfer); nothing has changed now, and the key may have left again since: almctl list"
            : "licence \(licence) is back in \(step.transfer.location)"
    }

    /// A receipt code was loaded.
    static func settled(_ step: StepEntry) -> String {
        let transfer = step.transfer.transfer
        // It may have been closed without a receipt.
        return step.repeated
            ? "transfer \(transfer) was closed before"
            : "transfer \(transfer) is closed: licence \(step.transfer.licence) arrived"
    }

    /// A start code was withdrawn.
    static func cancelled(_ step: StepEntry) -> String {
        let (transfer, licence) = (step.transfer.transfer, step.transfer.licence)
        // With another start code it may have left since.
        return step.repeated
            ? "the start code of transfer \(transfer) was withdrawn before; where licence \(licence) is now: almctl list"
            : "the start code of transfer \(transfer) is withdrawn; licence \(licence) stays in \(step.transfer.location)"
    }
}
