import Control
import Licensing
import TransferCodes
import Vaults

/// The four steps. Each ends with what to send to whom, and what they will see.
extension Wizard {
    func start() async throws {
        guard let key = try await WizardKey(environment: environment, daemon: daemon).choose() else { return }
        let step = try await daemon.call(Calls.Offer(key: key.licence, anew: false)).step
        say(
            "The start code of transfer \(step.transfer.transfer) is made. The key stays usable here until step 3.")
        try give(step, as: "start", kind: .start)
        say(
            "Send this start code to whoever runs the target. They load it there with step 2, Generate request code, see "
                + "\(step.transfer.product) \(step.transfer.productVersion), licence \(step.transfer.licence), and send "
                + "you a request code. Load that here with step 3.")
    }

    func request() async throws {
        let (step, repairs) = try await load(.start) { input in
            let to = try await WizardPlace(environment: environment, daemon: daemon).choose()
            return (try await daemon.call(Calls.Request(code: input.text, to: to)).step, input.repairs)
        }
        environment.note((repairs + step.repairs).text)
        say(
            "The start code is for \(step.transfer.product) \(step.transfer.productVersion), licence "
                + "\(step.transfer.licence). Nothing stands in the way of using it in \(step.transfer.location); the key is "
                + "still at the source.")
        if let fingerprint = step.transfer.fingerprint {
            environment.note("\nFingerprint: \(fingerprint)\n")
            say(
                "The source sees the same fingerprint before the key leaves. If you read yours to them over the phone, "
                    + "nobody can have swapped your request on its way.")
        }
        try give(step, as: "request", kind: .request)
        say(
            "Send this request code back to the source. They load it there with step 3, Generate activation code, see the "
                + "product, the licence and the fingerprint, and send you the activation code. Load that here with step 4."
        )
    }

    func activation(of transfer: TransferEntry? = nil) async throws {
        let (step, repairs) = try await load(.request) { input in
            let found = try await daemon.call(Calls.Recognise(code: input.text))
            if let transfer, let other = found.transfer, other.transfer != transfer.transfer {
                say(
                    "This request code is of another transfer than the one you chose: of \(WizardTransfer.title(other))."
                )
            }
            var fingerprint: String?
            if let farewell = Farewell(found) {
                environment.note("\n" + farewell.text)
                fingerprint = try consent(to: found.transfer)
            }
            return (try await release(input, fingerprint: fingerprint), input.repairs)
        }
        environment.note((repairs + step.repairs).text)
        say(
            step.repeated
                ? "The key has left for this request already; this is its activation code once more."
                : "The key has left \(step.transfer.location).")
        try give(step, as: "activation", kind: .activation)
        sayWhereTheActivationGoes(step)
    }

    /// What is said with an activation code.
    func sayWhereTheActivationGoes(_ step: StepEntry) {
        say(
            "Send this activation code to the target. They load it there with step 4, Activate licence key, and see that "
                + "licence \(step.transfer.licence) is active. It opens nothing anywhere else, and this machine gives it "
                + "again as often as asked: almctl offline-transfer show \(step.transfer.transfer)")
    }

    /// Asks whether the key may leave. The fingerprint, as it was read out by the target, is a yes as well.
    ///
    /// - Returns: the fingerprint, where it was typed.
    /// - Throws: `cancelled` for no, and at the end of input.
    private func consent(to transfer: TransferEntry?) throws -> String? {
        let shown = transfer?.fingerprint.flatMap(Fingerprint.init)
        let question = shown == nil ? "Give up the key? (yes or no)" : "Give up the key? (yes, no, or the fingerprint)"
        while true {
            let answer = try self.question.ask(question)
            switch answer.lowercased() {
            case "yes", "y": return nil
            case "no", "n": throw LicenceError(.cancelled)
            default:
                guard let shown, let typed = Fingerprint(answer) else {
                    environment.note("Type yes or no.\n")
                    continue
                }
                if typed == shown { return typed.description }
                say(
                    "\(typed) is not the fingerprint of this request. If the target really shows that one, this request is "
                        + "not the target's: type no, and have it sent to you again in another way.")
            }
        }
    }

    private func release(_ input: CodeInput, fingerprint: String?) async throws -> StepEntry {
        func release(_ evenIfInUse: Bool) async throws -> StepEntry {
            try await daemon.call(
                Calls.Release(code: input.text, fingerprint: fingerprint, evenIfInUse: evenIfInUse)
            ).step
        }
        do {
            return try await release(false)
        } catch let error as LicenceError where error.code == .keyInUse {
            say(error.message)
            try question.confirm("Take the licence away from it?")
            return try await release(true)
        }
    }

    func activate() async throws {
        let (step, repairs) = try await load(.activation) { input in
            (try await daemon.call(Calls.Activate(code: input.text)).step, input.repairs)
        }
        environment.note((repairs + step.repairs).text)
        let transfer = step.transfer
        try environment.say(
            "\n"
                + PlainOutput.wrapped(
                    "licence \(transfer.licence) (\(transfer.product) \(transfer.productVersion)) "
                        + (step.repeated ? "was already active" : "is active") + " in \(transfer.location)"))
        say(
            "The source does not know yet that the key arrived. A receipt code tells it, so that it can close its books; "
                + "without one nothing is wrong, and it can be made later.")
        guard try wantsReceipt() else {
            say("Later: almctl offline-transfer receipt \(transfer.transfer)")
            return
        }
        let receipt = try await daemon.call(Calls.Receipt(transfer: transfer.transfer, at: transfer.location)).step
        try give(receipt, as: "receipt", kind: .receipt)
        say(
            "Send this receipt code to the source. They load it there (almctl offline-transfer, transfer "
                + "\(transfer.transfer)) and see that the transfer is closed.")
    }

    /// Whether the receipt code is to be made now. The key is active already: leaving here is a no.
    private func wantsReceipt() throws -> Bool {
        do {
            return try question.agrees("Make the receipt code?")
        } catch let error as LicenceError where error.code == .cancelled {
            return false
        }
    }

    // MARK: - Saying and giving

    /// Writes a paragraph for the person.
    func say(_ text: String) {
        environment.note("\n" + PlainOutput.wrapped(text))
    }

    /// Has a code typed and `step` done with it.
    func load<Reply>(_ kind: CodeKind, _ step: (CodeInput) async throws -> Reply) async throws -> Reply {
        environment.note("\n")
        var entry = CodeEntry(environment: environment, daemon: daemon, kind: kind)
        return try await entry.load { input in
            // An empty line, or a greeting, behind a code that was pasted is no answer to what is asked next.
            environment.console.dropTypedAhead()
            return try await step(input)
        }
    }

    /// Gives a code in the way that the person chooses.
    func give(_ step: StepEntry, as name: String, kind: CodeKind) throws {
        try WizardCarrier(environment: environment, step: step, name: name, kind: kind).give()
    }
}
