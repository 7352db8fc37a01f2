import Control
import Licensing
import TransferCodes

/// `almctl offline-transfer` on a terminal: asks what a person would have to know for one step of a transfer.
///
/// Nothing changes before the last question of a step is answered, so that leaving (Ctrl-C, Ctrl-D) does no harm. It
/// prints plain lines and needs nothing of a terminal.
struct Wizard {
    /// Where it asks.
    let environment: CommandEnvironment
    /// Who does the steps.
    let daemon: Daemon
    /// What it asks with.
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

        /// The code that it loads.
        var kind: CodeKind? {
            switch self {
            case .start: nil
            case .request: .start
            case .activation: .request
            case .activate: .activation
            }
        }
    }

    /// The most transfers that are shown one by one: beside the steps they fit on a screen of 24 lines.
    private static let mostShown = 4

    /// Asks for one step, or for a transfer to go on with, and does it.
    func run() async throws {
        environment.note(
            paragraph:
                "Offline Transfer: moves a licence key to another machine, with codes that people carry. Ctrl-C leaves "
                + "at any question: nothing is lost, and the same command goes on from there.")
        let all = try await daemon.call(Calls.Transfers(all: true)).transfers
        let transfers = WizardTransfer.worthShowing(all, now: environment.now())
        show(transfers)
        environment.note("\nWhich step?\n")
        for step in Step.allCases {
            environment.note(WizardList.item(String(step.rawValue), step.title))
            if let begun = step.kind.flatMap({ CodeEntry.standing(of: $0, in: environment) }) {
                let name = step.kind?.nameWithArticle ?? "a code"
                environment.note(WizardList.item("", "\(name) is begun: \(begun) typed"))
            }
        }
        while true {
            let range = transfers.isEmpty ? "" : "; or a transfer, by its letter or name"
            let answer = try question.ask("Step (1 to 4)\(range)")
            if let step = Int(answer).flatMap(Step.init) { return try await perform(step) }
            if let transfer = Self.transfer(answer, among: transfers) { return try await goOn(transfer) }
            environment.note(
                transfers.isEmpty ? "Type 1, 2, 3 or 4.\n" : "Type 1, 2, 3 or 4, or the letter or name of a transfer.\n"
            )
        }
    }

    /// Does one of the four steps.
    func perform(_ step: Step) async throws {
        switch step {
        case .start: try await start()
        case .request: try await request()
        case .activation: try await activation()
        case .activate: try await activate()
        }
    }

    private func show(_ transfers: [TransferEntry]) {
        guard !transfers.isEmpty else { return }
        environment.note("\nTransfers under way:\n")
        for (mark, transfer) in zip(WizardList.letters, transfers.prefix(Self.mostShown)) {
            environment.note(
                WizardList.item(mark, "\(WizardTransfer.title(transfer)): \(WizardTransfer.standing(transfer))"))
        }
        let left = transfers.count - Self.mostShown
        guard left > 0 else { return }
        environment.note(WizardList.item("", "and \(left) more; almctl transfers lists them all"))
    }

    /// The transfer that an answer means: by its letter in the list, else by its name.
    private static func transfer(_ answer: String, among transfers: [TransferEntry]) -> TransferEntry? {
        if let index = WizardList.letters.firstIndex(of: answer.lowercased()), index < mostShown,
            transfers.indices.contains(index)
        {
            return transfers[index]
        }
        let meant = transfers.filter { $0.transfer == answer.uppercased() }
        return meant.count == 1 ? meant.first : nil
    }
}
