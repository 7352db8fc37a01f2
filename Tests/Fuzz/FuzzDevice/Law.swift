import DongleProtocol
import FuzzKit
import Licensing
import TestKit
import TransferCodes
import Vaults

/// What has to hold of a dongle and of the machine on the other side of its transfers after everything that happens:
/// which states follow on which, and that each licence is in one place.
final class Law {
    /// Steps that load the codes which were shown since the beginning.
    private(set) var steps: [TransferStep] = []

    private let dongle, machine: MemoryVault
    private let capacity: VaultCapacity
    private var atDongle, atMachine: VaultSnapshot
    private let licences: [LicenceNumber]
    /// Licences that may be nowhere: somebody closed a transfer of theirs, or let them go to a request that neither of
    /// the two vaults made.
    private var abandoned: Set<LicenceNumber> = []
    private var requests: Set<RequestCode>

    init(_ dongle: MemoryVault, _ machine: MemoryVault, _ scene: Scene) {
        (self.dongle, self.machine, capacity) = (dongle, machine, dongle.status().capacity)
        (atDongle, atMachine) = scene.snapshots
        licences = scene.licences
        requests = Set(scene.codes.compactMap { if case .request(let code) = $0 { code } else { nil } })
        check()
    }

    private static func snapshot(_ vault: MemoryVault) -> VaultSnapshot {
        guard let snapshot = try? VaultSnapshot(vault) else { finding("a vault does not say what it holds") }
        return snapshot
    }

    // MARK: - What happened

    /// The dongle replied to a frame, or to what is none.
    func replied(to frame: Frame?, with reply: DeviceReply) {
        let request = frame.flatMap { frame in
            DongleCommand(rawValue: frame.command).flatMap { try? DongleRequest($0, payload: frame.payload) }
        }
        switch (request, reply) {
        case (.perform(let step, _), .done(let answer?)): done(step, answer)
        case (.perform, .refused(let error)): refused(error)
        default: changed(nothing: true)
        }
    }

    /// An honest host asked something of the dongle.
    func asked(_ question: Question, _ result: Result<Question.Answer, LicenceError>) {
        switch (question, result) {
        case (.perform(let step, _), .success(.transfer(let answer))): done(step, answer)
        case (.perform, .failure(let error)): refused(error)
        default: changed(nothing: true)
        }
    }

    /// A step is done at the machine, by whoever sits there.
    func performed(_ step: TransferStep, at machine: MemoryVault, _ occasion: Occasion) {
        if let answer = try? machine.perform(step, on: occasion) { note(step, answer) }
        atMachine = Self.snapshot(machine)
        check()
    }

    private func done(_ step: TransferStep, _ answer: TransferAnswer) {
        note(step, answer)
        changed(nothing: answer.isRepeat)
        require(atDongle.transfers.contains(answer.transfer), "an answer about a transfer that is not so")
    }

    private func refused(_ error: LicenceError) {
        // A request code that answers nothing is counted.
        changed(nothing: error.code != .requestUnknown && error.code != .offerGuessed)
    }

    private func note(_ step: TransferStep, _ answer: TransferAnswer) {
        switch step {
        case .close: abandoned.insert(answer.transfer.certificate.number)
        case .release(let code) where !requests.contains(code): abandoned.insert(answer.transfer.certificate.number)
        default: break
        }
        guard let code = answer.code else { return }
        if case .request(let code) = code { requests.insert(code) }
        if steps.count < 64, let step = try? TransferStep(loading: code), !steps.contains(step) { steps.append(step) }
    }

    /// Looks whether the state counter told all there was to tell.
    func end() {
        require(Self.snapshot(dongle) == atDongle, "something changed and the state counter stood still")
    }

    // MARK: - The law

    /// Looks at the dongle again.
    private func changed(nothing: Bool) {
        let before = atDongle
        if dongle.status().stateCounter == before.stateCounter { return }
        let after = Self.snapshot(dongle)
        atDongle = after
        require(!nothing, "something changed that should not")
        require(before.stateCounter < after.stateCounter, "the state counter went back")
        for transfer in after.transfers {
            let old = before.transfers.first {
                $0.identifier == transfer.identifier && $0.isAtSource == transfer.isAtSource
            }
            require(
                Self.follows(transfer.standing, on: old?.standing),
                "\(String(describing: old?.stateName)) became \(transfer.stateName)")
            require(old?.certificate ?? transfer.certificate == transfer.certificate, "a transfer changed its licence")
        }
        for old in before.transfers {
            let isThere = after.transfers.contains {
                $0.identifier == old.identifier && $0.isAtSource == old.isAtSource
            }
            require(isThere || Self.isFinished(old.standing), "a transfer was forgotten when it was \(old.stateName)")
        }
        check()
    }

    /// The states of a transfer, as the table of the specification has them.
    private static func follows(_ new: TransferSummary.Standing, on old: TransferSummary.Standing?) -> Bool {
        switch (old, new) {
        case (nil, .source(.offered)), (nil, .target(.open)): true
        case (.source(.offered), .source(.withdrawn)), (.source(.offered), .source(.released)): true
        case (.source(.released), .source(.settled)), (.source(.released), .source(.returned)): true
        case (.target(.open), .target(.active)), (.target(.open), .target(.declined)): true
        default: old == new
        }
    }

    private static func isFinished(_ standing: TransferSummary.Standing) -> Bool {
        switch standing {
        case .source(.withdrawn), .source(.settled), .source(.returned), .target(.active): true
        default: false
        }
    }

    /// For every licence, the vaults that hold it and the released records whose request is open or declined are one
    /// together; and the dongle has room for all that it holds and expects.
    private func check() {
        for licence in licences {
            let held = [atDongle, atMachine].count { $0.keys.contains { $0.number == licence } }
            let onTheWay =
                Self.releases(of: licence, from: atDongle, to: atMachine)
                + Self.releases(of: licence, from: atMachine, to: atDongle)
                + Self.releases(of: licence, from: atDongle, to: atDongle)
                + Self.releases(of: licence, from: atMachine, to: atMachine)
            require(
                held + onTheWay == 1 || held + onTheWay == 0 && abandoned.contains(licence),
                "licence \(licence) is held \(held) times, and \(onTheWay) times on its way")
        }
        let open = atDongle.transfers.count { $0.standing == .target(.open) }
        require(atDongle.keys.count + open <= Int(capacity.keys), "more keys than there is room for")
        require(atDongle.transfers.count <= Int(capacity.records), "more records than there is room for")
    }

    private static func releases(of licence: LicenceNumber, from source: VaultSnapshot, to target: VaultSnapshot) -> Int
    {
        source.transfers.count { released in
            released.certificate.number == licence && released.standing == .source(.released)
                && target.transfers.contains {
                    $0.identifier == released.identifier && $0.fingerprint == released.fingerprint
                        && ($0.standing == .target(.open) || $0.standing == .target(.declined))
                }
        }
    }
}

extension TransferSummary {
    /// Whether the vault that knows the transfer is its source.
    fileprivate var isAtSource: Bool { if case .source = standing { true } else { false } }
}
