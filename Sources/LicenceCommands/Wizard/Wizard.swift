import Control
import Licensing
import TransferCodes

/// `almctl offline-transfer` on a terminal: asks what a person would have to know for one step of a transfer.
///
/// Nothing changes before the last question of a step is answered, so that leaving (Ctrl-C, Ctrl-D) does no harm. It
/// prints plain lines and needs nothing of a terminal.
struct Wizard {
    let environment: CommandEnvironment
    let daemon: Daemon
    var question: Question { Question(environment) }

    /// The steps, by the names that the users of licence managers know.
    enum Step: Int, CaseIterable {
        case start = 1
        case request, activation, activate

        /// What the menu calls it.
        var title: String {
            switch self {
            case .start: "Generate start code         at the source: the key to move is here"
            case .request: "Generate request code       at the target: you got a start code"
            case .activation: "Generate activation code    at the source: you got a request code"
            case .activate: "Activate licence key        at the target: you got an activation code"
            }
        }
    }

    /// Asks for one step and does it.
    func run() async throws {
        environment.note("Offline Transfer: moves a licence key to another machine, with codes carried by people.\n")
        environment.note("Ctrl-C leaves at any question; nothing is lost.\n\n")
        try await showOpenTransfers()
        switch try step() {
        case .start: try await start()
        case .request: try await request()
        case .activation: try await activation()
        case .activate: try await activate()
        }
    }

    private func showOpenTransfers() async throws {
        let transfers = try await daemon.call(Calls.Transfers(all: false)).transfers
        guard !transfers.isEmpty else { return }
        environment.note("Transfers that are under way:\n\n\(TransferList(transfers: transfers).text)\n")
    }

    private func step() throws -> Step {
        environment.note("Which step?\n")
        for step in Step.allCases { environment.note("  \(step.rawValue)  \(step.title)\n") }
        while true {
            if let step = Int(try question.ask("Step (1 to 4)")).flatMap(Step.init) { return step }
            environment.note("Type 1, 2, 3 or 4.\n")
        }
    }

    // MARK: - The steps

    private func start() async throws {
        guard let key = try await WizardKey(environment: environment, daemon: daemon).choose() else { return }
        let step = try await daemon.call(Calls.Offer(key: key.licence, anew: false)).step
        try keep(step, as: "start")
        environment.note(
            PlainOutput.wrapped(
                "Send this start code to whoever runs the target. They load it there with step 2, see "
                    + "\(step.transfer.product) \(step.transfer.productVersion), licence \(step.transfer.licence), and send "
                    + "you a request code. The key stays usable here until you load that with step 3."))
    }

    private func request() async throws {
        let input = try WizardCode(environment: environment, kind: .start).read()
        let to = try await WizardPlace(environment: environment, daemon: daemon).choose()
        let step = try await daemon.call(Calls.Request(code: input.text, to: to)).step
        environment.note((input.repairs + step.repairs).text)
        try keep(step, as: "request")
        environment.note(
            PlainOutput.wrapped(
                "Send this request code back to the source. They load it there with step 3, see the fingerprint "
                    + "\(step.transfer.fingerprint ?? "of this request"), which you can read to them over the phone, and "
                    + "send you the activation code for step 4."))
    }

    private func activation() async throws {
        let input = try WizardCode(environment: environment, kind: .request).read()
        let found = try await daemon.call(Calls.Recognise(code: input.text))
        if let farewell = Farewell(found) {
            environment.note("\n" + farewell.text)
            try question.confirm("Give up the key?")
        }
        let step = try await release(input)
        environment.note((input.repairs + step.repairs).text)
        try keep(step, as: "activation")
        environment.note(
            PlainOutput.wrapped(
                "Send this activation code to the target. They load it there with step 4, and licence "
                    + "\(step.transfer.licence) is active there. It opens nothing anywhere else, and this machine prints it "
                    + "again as often as asked: almctl offline-transfer show \(step.transfer.transfer)"))
    }

    private func release(_ input: CodeInput) async throws -> StepEntry {
        func release(_ evenIfInUse: Bool) async throws -> StepEntry {
            try await daemon.call(Calls.Release(code: input.text, fingerprint: nil, evenIfInUse: evenIfInUse)).step
        }
        do {
            return try await release(false)
        } catch let error as LicenceError where error.code == .keyInUse {
            environment.note("\(error.message)\n")
            try question.confirm("Take the licence away from it?")
            return try await release(true)
        }
    }

    private func activate() async throws {
        let input = try WizardCode(environment: environment, kind: .activation).read()
        let step = try await daemon.call(Calls.Activate(code: input.text)).step
        environment.note((input.repairs + step.repairs).text)
        try environment.say(PlainOutput.wrapped(StepSentence.activated(step)))
    }

    /// Asks where a code is to go until it is there.
    private func keep(_ step: StepEntry, as name: String) throws {
        let text = step.file ?? step.code.map { $0 + "\n" }.joined()
        let proposal = "\(step.transfer.transfer)-\(name).aut"
        while true {
            let answer = try question.ask("File for the code (Enter: \(proposal), - to print it)")
            if answer == "-" {
                try environment.say("\n\(text)\n")
                return
            }
            do {
                let file = try OutputFile(answer.isEmpty ? proposal : answer)
                try file.write(CodeRendering(step).bytes(CodeForm(path: file.path), path: file.path), force: false)
                environment.note("The code is in \(file.path).\n")
                return
            } catch {
                environment.note("\(ErrorReport(error).message); give another name.\n")
            }
        }
    }
}
