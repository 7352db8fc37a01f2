import Control
import Licensing
import TransferCodes
import Vaults

/// The four steps. Each ends with what to send to whom, and what they will see.
extension Wizard {
    /// Step 1, at the source: asks for a key and gives its start code.
    func start() async throws {
        guard let key = try await WizardKey(environment: environment, daemon: daemon).choose() else { return }
        func offer(short: Bool) async throws -> StepEntry {
            try await daemon.call(Calls.Offer(key: key.licence, anew: false, short: short)).step
        }
        let step = try await offer(short: false)
        say(
            "The start code of transfer \(step.transfer.transfer) is made. The key stays usable here until step 3.")
        try await give(step, .start) { try await offer(short: true) }
    }

    /// Step 2, at the target: takes a start code, asks where the key is to go, and gives the request code.
    func request() async throws {
        let (step, repairs) = try await load(.start) { input in
            let to = try WizardPlace(environment: environment).choose(among: try await WizardPlace.ready(daemon))
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
        try await give(step, .request)
    }

    /// Step 3, at the source: takes a request code, shows what is asked for, and gives the activation code.
    ///
    /// - Parameter transfer: the transfer that was chosen in the list; a request code of another one is named.
    func activation(of transfer: TransferEntry? = nil) async throws {
        let (step, repairs) = try await load(.request) { input in
            let found = try await daemon.call(Calls.Recognise(code: input.lines))
            if let transfer, let other = found.transfer, other.transfer != transfer.transfer {
                say(
                    "This request code is of another transfer than the one you chose: of \(WizardTransfer.title(other))."
                )
            }
            let fingerprint = try Consent(environment).obtain(for: found)
            return (try await release(input, fingerprint: fingerprint), input.repairs)
        }
        environment.note((repairs + step.repairs).text)
        say(
            step.repeated
                ? "The key has left for this request already; this is its activation code once more."
                : "The key has left \(step.transfer.location).")
        try await give(step, .activation)
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

    /// Step 4, at the target: takes an activation code, and offers the receipt code.
    func activate() async throws {
        let (step, repairs) = try await load(.activation) { input in
            (try await daemon.call(Calls.Activate(code: input.text)).step, input.repairs)
        }
        environment.note((repairs + step.repairs).text)
        let transfer = step.transfer
        try environment.say("\n")
        try environment.say(
            paragraph: "licence \(transfer.licence) (\(transfer.product) \(transfer.productVersion)) "
                + (step.repeated ? "was already active" : "is active") + " in \(transfer.location)")
        say(
            "The source does not know yet that the key arrived. A receipt code tells it, so that it can close its books. "
                + "Nothing is wrong without one, and it can be made later: almctl offline-transfer receipt "
                + "\(transfer.transfer)")
        if try wantsReceipt() { try await receipt(transfer) }
    }

    /// Whether the receipt code is to be made now. The key is active already: leaving here is a no.
    private func wantsReceipt() throws -> Bool {
        do {
            return try question.agrees("Make the receipt code?")
        } catch let error as LicenceError where error.code == .cancelled {
            return false
        }
    }

    /// Gives the receipt code of a key that is active here.
    func receipt(_ transfer: TransferEntry) async throws {
        let call = Calls.Receipt(transfer: transfer.transfer, at: transfer.location)
        try await give(try await daemon.call(call).step, .receipt)
    }

    // MARK: - Saying and loading

    /// Writes a paragraph for the person, apart from what stands above.
    func say(_ text: String) {
        environment.note("\n")
        environment.note(paragraph: text)
    }

    /// Has a code typed and `step` done with it.
    func load<Reply>(_ kind: CodeKind, _ step: (CodeInput) async throws -> Reply) async throws -> Reply {
        environment.note("\n")
        var entry = CodeEntry(environment: environment, daemon: daemon, kind: kind)
        return try await entry.load(step)
    }
}
