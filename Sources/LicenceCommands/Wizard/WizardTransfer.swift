import Control
import Licensing
import TransferCodes

/// A transfer that is under way: where it stands, and what can be done about it.
enum WizardTransfer {
    /// What can be done.
    enum Action: Sendable, Hashable {
        case activation, activate, showCode, cancel, decline, settle, reclaim, receipt

        /// What the menu calls it, for a transfer that showed `code` last.
        func title(showing code: CodeKind?) -> String {
            switch self {
            case .activation: "Generate activation code    you got the target's request code"
            case .activate: "Activate licence key        you got the source's activation code"
            case .showCode: "Give the \(code?.name ?? "code") again"
            case .cancel: "Withdraw the start code     the key stays here"
            case .decline: "Give the request up         it makes the return code for the source"
            case .settle: "Load the receipt code       the key arrived: this closes the books"
            case .reclaim: "Load the return code        the target gave up: the key comes back"
            case .receipt: "Give the receipt code       the source closes its books with it"
            }
        }
    }

    /// The code that was made last, and what can be done; nothing where the daemon's own next step says it all: the place
    /// is not here, or the other side is on this machine, too.
    static func choices(_ transfer: TransferEntry) -> (code: CodeKind?, actions: [Action]) {
        guard transfer.present, transfer.moveTo == nil else { return (nil, []) }
        return switch (transfer.role, transfer.state) {
        case ("source", "OFFERED"): (.start, [.activation, .showCode, .cancel])
        // Where the code is withheld, there is nothing to show, and only the return code leads on.
        case ("source", "RELEASED"):
            transfer.withheld ? (nil, [.reclaim]) : (.activation, [.showCode, .settle, .reclaim])
        case ("target", "OPEN"): (.request, [.activate, .showCode, .decline])
        case ("target", "ACTIVE"): (.receipt, [.receipt])
        case ("target", "DECLINED"): transfer.withheld ? (nil, []) : (.returning, [.showCode])
        default: (nil, [])
        }
    }

    /// `K3F7QX, DIGSI 5 Premium V9.60, licence 7K3MQ-2V9DX-0HJ`
    static func title(_ transfer: TransferEntry) -> String {
        "\(transfer.transfer), \(transfer.product) \(transfer.productVersion), licence \(transfer.licence)"
    }

    /// For how long after a key became active here the wizard offers its receipt code, in seconds: a week. It can be
    /// made at any time; only the list has to stay short.
    private static let receiptOffered = 7 * 24 * 60 * 60

    /// The transfers that a person may go on with, of all that are known: those that wait for something, then the keys that
    /// became active here lately, whose source is on another machine, and which have not gone on their way since, then those
    /// that were given up here, whose return code nobody may ever ask for; of each the latest first.
    static func worthShowing(_ all: [TransferEntry], now: Timestamp) -> [TransferEntry] {
        let outgoing = all.filter { $0.role == "source" }
        let since = Int(clamping: now.seconds) - receiptOffered
        let latest = all.sorted { $0.changed > $1.changed }
        return latest.filter { $0.open && $0.state != "DECLINED" }
            + latest.filter { transfer in
                !transfer.open && transfer.role == "target" && transfer.state == "ACTIVE" && transfer.present
                    && transfer.changed >= since
                    && !outgoing.contains {
                        $0.transfer == transfer.transfer
                            || $0.licence == transfer.licence && $0.begun >= transfer.changed
                    }
            } + latest.filter { $0.open && $0.state == "DECLINED" }
    }

    /// Where it stands, as a sentence without its end.
    static func standing(_ transfer: TransferEntry) -> String {
        let place = transfer.location
        guard let code = choices(transfer).code else { return transfer.next }
        return switch code {
        case .start: "the start code is made, the key still in \(place); waits for the request code"
        case .activation: "the key left \(place); the activation code goes to the target"
        case .request: "to \(place); the request code is made; waits for the activation code"
        case .receipt: "arrived in \(place); a receipt code tells the source"
        default: "given up here; the return code goes to the source"
        }
    }
}

/// Going on with a transfer.
extension Wizard {
    /// Asks what is to be done about a transfer, and does it.
    func goOn(_ transfer: TransferEntry) async throws {
        say("Transfer \(WizardTransfer.title(transfer)): \(WizardTransfer.standing(transfer)).")
        let (code, actions) = WizardTransfer.choices(transfer)
        // Otherwise what was just said is all there is to do.
        guard !actions.isEmpty else { return }
        environment.note("\nWhat is to be done?\n")
        for (index, action) in actions.enumerated() {
            environment.note(WizardList.item(String(index + 1), action.title(showing: code)))
        }
        while true {
            let range = actions.count == 1 ? "1" : "1 to \(actions.count)"
            if let index = Int(try question.ask("Choice (\(range))")), actions.indices.contains(index - 1) {
                return try await perform(actions[index - 1], transfer, code)
            }
            environment.note("Type a number from this list; Ctrl-C leaves.\n")
        }
    }

    private func perform(_ action: WizardTransfer.Action, _ transfer: TransferEntry, _ code: CodeKind?) async throws {
        let (name, place) = (transfer.transfer, transfer.location)
        switch action {
        case .activation: try await activation(of: transfer)
        case .activate: try await activate()
        case .showCode:
            func show(short: Bool) async throws -> StepEntry {
                try await daemon.call(Calls.ShowCode(transfer: name, at: place, short: short)).step
            }
            let step = try await show(short: false)
            guard let code, !step.code.isEmpty else { return say("Transfer \(name) has no code to show.") }
            guard code == .start else { return try await give(step, code) }
            try await give(step, code) { try await show(short: true) }
        case .cancel:
            say("Withdrawn, the start code is dead for good: no request code that answers it is taken any more.")
            try question.confirm("Withdraw it?")
            let step = try await daemon.call(Calls.Cancel(transfer: name, at: place)).step
            try environment.say(paragraph: StepSentence.cancelled(step))
        case .decline:
            say(
                "Given up, this request can never be activated here. The return code proves that to the source, which then "
                    + "has its key back.")
            try question.confirm("Give it up?")
            let step = try await daemon.call(Calls.Decline(transfer: name, at: place)).step
            try await give(step, .returning)
        case .receipt: try await receipt(transfer)
        case .settle:
            let (step, repairs) = try await load(.receipt) { input in
                (try await daemon.call(Calls.Settle(code: input.text)).step, input.repairs)
            }
            environment.note((repairs + step.repairs).text)
            try environment.say(paragraph: StepSentence.settled(step))
        case .reclaim:
            let (step, repairs) = try await load(.returning) { input in
                (try await daemon.call(Calls.Reclaim(code: input.text)).step, input.repairs)
            }
            environment.note((repairs + step.repairs).text)
            try environment.say(paragraph: StepSentence.takenBack(step))
        }
    }
}
