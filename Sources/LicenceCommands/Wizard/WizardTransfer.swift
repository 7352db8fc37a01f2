import Control
import TransferCodes

/// A transfer that is under way: where it stands, and what can be done about it.
enum WizardTransfer {
    /// What can be done.
    enum Action: Sendable, Hashable {
        case activation, activate, showCode, cancel, decline, settle, reclaim

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
            }
        }
    }

    /// The code that was made last, and what can be done; nothing where the daemon's own next step says it all: the place
    /// is not here, or the other side is on this machine, too.
    static func choices(_ transfer: TransferEntry) -> (code: CodeKind?, actions: [Action]) {
        guard transfer.present, !transfer.next.hasPrefix("go on: almctl move") else { return (nil, []) }
        return switch (transfer.role, transfer.state) {
        case ("source", "OFFERED"): (.start, [.activation, .showCode, .cancel])
        // Where the code is withheld, there is nothing to show, and only the return code leads on.
        case ("source", "RELEASED"):
            transfer.next.hasPrefix("the code is withheld")
                ? (nil, [.reclaim]) : (.activation, [.showCode, .settle, .reclaim])
        case ("target", "OPEN"): (.request, [.activate, .showCode, .decline])
        case ("target", "DECLINED"): (.returning, [.showCode])
        default: (nil, [])
        }
    }

    /// `K3F7QX, DIGSI 5 Premium V9.60, licence 7K3MQ-2V9DX-0HJ`
    static func title(_ transfer: TransferEntry) -> String {
        "\(transfer.transfer), \(transfer.product) \(transfer.productVersion), licence \(transfer.licence)"
    }

    /// Where it stands, as a sentence without its end.
    static func standing(_ transfer: TransferEntry) -> String {
        let place = transfer.location
        guard let code = choices(transfer).code else { return transfer.next }
        return switch code {
        case .start: "the start code is made, the key still in \(place); waits for the request code"
        case .activation: "the key left \(place); the activation code goes to the target"
        case .request: "to \(place); the request code is made; waits for the activation code"
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
            let step = try await daemon.call(Calls.ShowCode(transfer: name, at: place)).step
            guard let code, !step.code.isEmpty else { return say("Transfer \(name) has no code to show.") }
            try give(step, as: WizardCarrier.fileName(of: code), kind: code)
            if code == .activation { sayWhereTheActivationGoes(step) }
        case .cancel:
            say("Withdrawn, the start code is dead for good: no request code that answers it is taken any more.")
            try question.confirm("Withdraw it?")
            let step = try await daemon.call(Calls.Cancel(transfer: name, at: place)).step
            try environment.say(PlainOutput.wrapped(StepSentence.cancelled(step)))
        case .decline:
            say(
                "Given up, this request can never be activated here. The return code proves that to the source, which then "
                    + "has its key back.")
            try question.confirm("Give it up?")
            let step = try await daemon.call(Calls.Decline(transfer: name, at: place)).step
            try give(step, as: "return", kind: .returning)
            say(
                "Send this return code to the source, if it made the activation code. They load it there (almctl "
                    + "offline-transfer, transfer \(name)) and see that licence \(transfer.licence) is back.")
        case .settle:
            let (step, repairs) = try await load(.receipt) { input in
                (try await daemon.call(Calls.Settle(code: input.text)).step, input.repairs)
            }
            environment.note((repairs + step.repairs).text)
            try environment.say(PlainOutput.wrapped(StepSentence.settled(step)))
        case .reclaim:
            let (step, repairs) = try await load(.returning) { input in
                (try await daemon.call(Calls.Reclaim(code: input.text)).step, input.repairs)
            }
            environment.note((repairs + step.repairs).text)
            try environment.say(PlainOutput.wrapped(StepSentence.takenBack(step)))
        }
    }
}
