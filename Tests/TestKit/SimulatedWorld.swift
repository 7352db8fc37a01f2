import Licensing
import Testing
import TransferCodes
import Vaults

/// Four vaults, three keys, and every code that was shown: one world of a ``TransferSimulation``.
final class SimulatedWorld {
    /// What is wrong.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// A vault, and what it said of itself after its last step.
    struct Place {
        let subject: VaultSubject
        var snapshot: VaultSnapshot
    }

    /// What was done, in words.
    private(set) var log: [String] = []
    /// The vaults.
    private(set) var places: [Place] = []
    /// The licences; each is held by one of the vaults, or on its way.
    let licences: [LicenceNumber]
    /// How much each vault may hold.
    let capacity: VaultCapacity
    /// What decides the course of things.
    var random: DeterministicRandom
    /// The steps that load each code that somebody got to see, with the transfer it is of.
    private(set) var loads: [(step: TransferStep, transfer: TransferIdentifier)] = []
    private let clock = ManualClock()
    private var codes: [String: TransferCode] = [:]

    init(_ make: VaultSubject.Factory, _ keys: [TestKey], _ random: DeterministicRandom) throws {
        self.random = random
        licences = keys.map(\.number)
        // Most worlds have plenty of room; in the others keys or records have to wait for it.
        capacity =
            switch random.next() % 4 {
            case 0: VaultCapacity(keys: 2, records: 60)
            case 1: VaultCapacity(keys: 6, records: 3)
            default: VaultCapacity(keys: 6, records: 60)
            }
        for index in 0..<4 {
            let serial = try #require(SerialNumber("V\(index)"))
            let subject = try make(.usb(serial), capacity, DeterministicRandom(seed: random.next()).source)
            if index < keys.count { try subject.mint(keys[index].certificate, keys[index].seed, clock.occasion()) }
            places.append(Place(subject: subject, snapshot: try VaultSnapshot(subject.vault)))
        }
        try checkTheLaw()
    }

    /// Does a step in one of the vaults and looks at the law after it.
    ///
    /// - Returns: the answer, or nil where the step was refused.
    /// - Throws: ``Fault``.
    @discardableResult
    func perform(
        _ step: TransferStep, at place: Int, _ report: inout TransferSimulation.Report
    ) throws -> TransferAnswer? {
        report.steps += 1
        let result = Result { () throws(LicenceError) in
            try places[place].subject.vault.perform(step, on: clock.occasion())
        }
        switch result {
        case .success(let answer):
            log.append("V\(place) \(step.name): \(answer.transfer.identifier) \(answer.transfer.stateName)")
            if !answer.isRepeat { report.changes[step.name, default: 0] += 1 }
            try refresh(place, hasChanged: !answer.isRepeat)
            try see(answer, at: place)
        case .failure(let error):
            log.append("V\(place) \(step.name): \(error)")
            report.refusals[error.code, default: 0] += 1
            guard Self.refusals.contains(error.code), !"\(error.message) \(error.hint)".contains("(unknown ") else {
                throw Fault(description: "\(step.name) refused as \(error); \(error.hint)")
            }
            let isCounted = error.code == .offerGuessed || error.code == .requestUnknown && hasOffer(place)
            try refresh(place, hasChanged: isCounted)
        }
        try checkTheLaw()
        return try? result.get()
    }

    /// Looks at a vault after a step: it changed, and its counter went up, or nothing did.
    private func refresh(_ place: Int, hasChanged: Bool) throws {
        let (before, after) = (places[place].snapshot, try VaultSnapshot(places[place].subject.vault))
        places[place].snapshot = after
        guard hasChanged ? after.stateCounter > before.stateCounter : after == before else {
            throw Fault(description: "V\(place) should \(hasChanged ? "" : "not ")have changed")
        }
    }

    /// Takes note of a code, unless it is lost on its way to the eye. The same code of the same transfer is always the
    /// same, however often it is shown.
    private func see(_ answer: TransferAnswer, at place: Int) throws {
        guard let code = answer.code else { return }
        let known = codes.updateValue(code, forKey: "\(place) \(answer.transfer.identifier) \(code.kind)")
        guard known == nil || known == code else {
            throw Fault(description: "V\(place) shows two different \(code.kind.name)s of one transfer")
        }
        guard random.next() % 5 > 0 else { return }
        let load: TransferStep =
            switch code {
            case .start(let code):
                .request(try Certificate(bytes: code.certificate), offerSecret: code.offerSecret)
            case .shortStart(let code): .request(answer.transfer.certificate, offerSecret: code.offerSecret)
            case .request(let code): .release(code)
            case .activation(let code): .activate(code)
            case .returning(let code): .reclaim(code)
            case .receipt(let code): .settle(code)
            }
        if !loads.contains(where: { $0.step == load }) { loads.append((load, answer.transfer.identifier)) }
    }

    private func hasOffer(_ place: Int) -> Bool {
        places[place].snapshot.transfers.contains { $0.standing == .source(.offered) }
    }

    /// What a vault may say no with in this world; no disk fails here, and no code is malformed.
    private static let refusals: Set<LicenceError.Code> = [
        .noSuchKey, .keyAlreadyHere, .keyReleased, .noSuchTransfer, .requestUnknown, .requestForOlderStartCode,
        .releasedToAnother, .transferClosed, .keyTakenBack, .alreadyActive, .requestDeclined, .requestAlreadyOpen,
        .activationForAnotherRequest, .returnUnknown, .nothingToTakeBack, .receiptUnknown, .receiptNotYet,
        .notReleased, .notOffered, .notOpen, .vaultFull, .recordsFull,
    ]
}
