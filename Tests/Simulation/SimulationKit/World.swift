import Licensing
import TestKit
import TransferCodes
import Vaults

/// Three stores, two dongles, three keys, every code that was shown and every backup that was made.
final class World {
    /// A code that somebody got to see.
    struct Shown {
        let code: TransferCode
        let transfer: TransferIdentifier
        let certificate: Certificate
        let fingerprint: Fingerprint?
        let place: Int
    }

    let course: Course
    let seed: UInt64
    let stage: any Stage
    let keys: [TestKey]
    let capacity: VaultCapacity
    var places: [Place] = []
    /// What each action showed to somebody who kept it.
    var shown: [Int: Shown] = [:]
    /// The actions that showed something, in order.
    var showing: [Int] = []
    /// The transfer that an action named first, and the other way round.
    var transfers: [Int: TransferIdentifier] = [:]
    var namings: [TransferIdentifier: Int] = [:]
    /// The places that were backed up, by the action that did it.
    var tapes: [Int: Int] = [:]
    /// How often a backup was written back.
    var restorations = 0
    /// What is to happen next, most often.
    var story: Story?
    /// What came of each action, in words.
    var log: [(action: Action, outcome: String)] = []
    var report: Report
    /// The codes that were shown, to see that each stays what it was.
    var codes: [ShownName: TransferCode] = [:]
    /// How each record stood when its place was looked at last.
    var lastStandings: [StandingName: TransferSummary.Standing] = [:]
    private let entropy: Entropy
    /// How many places a world has, those that backups were copied to not counted.
    static let stores = 3
    static let dongles = 2

    /// What a code is the code of.
    struct ShownName: Hashable {
        let place: Int
        let transfer: TransferIdentifier
        let kind: CodeKind
    }

    /// A record of a place.
    struct StandingName: Hashable {
        let place: Int
        let transfer: TransferIdentifier
    }

    init(_ course: Course, seed: UInt64, on stage: any Stage, _ keys: [TestKey]) throws {
        (self.course, self.seed, self.stage, self.keys) = (course, seed, stage, keys)
        report = Report()
        entropy = Entropy(seed: seed)
        var chance = Chance(seed: seed ^ 0x5EED)
        // Most worlds have plenty of room; in the others keys or records have to wait for it.
        capacity =
            switch chance.below(6) {
            case 0: VaultCapacity(keys: 2, records: 60)
            case 1: VaultCapacity(keys: 6, records: 3)
            default: VaultCapacity(keys: 6, records: 60)
            }
        stage.begin(seed: seed)
        for index in 0..<Self.stores + Self.dongles {
            let isDongle = index >= Self.stores
            guard let serial = SerialNumber("D\(index)") else { throw Fault("a serial number") }
            let medium = try stage.medium(
                for: index, isDongle ? .usb(serial) : .local, capacity, entropy.source)
            let place = try Place(medium, isDongle: isDongle)
            if index < keys.count {
                try place.inside.mint(keys[index].certificate, keys[index].seed, on: occasion(0))
                try place.look()
            }
            places.append(place)
        }
        try checkTheLaw()
    }

    /// When an action happens: a minute after the one before, whichever were left out.
    func occasion(_ action: Int) -> Occasion {
        Occasion(now: Timestamp(seconds: 1_772_352_000 + UInt64(clamping: action) * 60), user: 1000)
    }

    /// Does an action and looks at everything after it.
    ///
    /// - Throws: ``Fault``.
    func perform(_ action: Action) throws {
        entropy.begin(action.number)
        stage.begin(seed: seed &+ UInt64(clamping: action.number))
        guard places.indices.contains(action.place) else { return }
        log.append((action, "nothing to do"))
        let place = places[action.place]
        let startsCutOff = place.startsCutOff
        do {
            if try perform(action, at: place) { report.steps += 1 } else { report.idle += 1 }
        } catch let error as LicenceError {
            throw Fault("place \(action.place) is not usable any more: \(error)")
        }
        report.count("start-cut-off", place.startsCutOff - startsCutOff)
        try checkTheLaw()
        try checkWhatWasShown(at: action.place)
        trace(action, at: place)
    }

    /// Writes down what came of the action that is being done.
    func note(_ outcome: String) {
        guard !log.isEmpty else { return }
        log[log.count - 1].outcome = outcome
    }

    /// Whether it did anything.
    private func perform(_ action: Action, at place: Place) throws -> Bool {
        switch action.deed {
        case .restart:
            // With a power cut everything is lost that was said to be done and is not on the disk.
            let fault: DiskFault? = if case .disk(let fault) = action.mishap { fault } else { nil }
            try place.restart(after: fault) { if fault != nil { try self.copy(afterMishapOf: action, at: place) } }
            guard course == .backups || !place.view.isLocked else { throw Fault("place \(action.place) is LOCKED") }
            note("started")
        case .list: try list(place, action)
        case .prove(let key): return try prove(key, at: place)
        case .backUp, .restore, .clone: return try copy(action, at: place)
        case .keptAnchor(let fate): return try settle(fate, action, at: place)
        default:
            guard let step = try step(action.deed) else { return false }
            try perform(step, action, at: place)
        }
        return true
    }

    private func perform(_ step: TransferStep, _ action: Action, at place: Place) throws {
        let (before, restorationsBefore, keptBefore) = (place.view, restorations, place.kept != nil)
        let aside = action.keepsAnchor && action.mishap == nil ? try place.moveAnchorAside() : nil
        let (outcome, hasStruck) = try place.perform(step, on: occasion(action.number), action.mishap) {
            try self.copy(afterMishapOf: action, at: place)
        }
        if let aside { try place.leave(aside) }
        let isKeptNow = !keptBefore && place.kept != nil
        if let mishap = action.mishap { report.count(mishap: mishap, hasStruck: hasStruck, outcome) }
        switch outcome {
        case .answered(let answer):
            note("\(answer.transfer.stateName)\(answer.isRepeat ? ", as before" : "")")
            if !answer.isRepeat { report.count(step.word) }
            if answer.transfer.isWithheld, let kind = answer.code?.kind, kind == .activation || kind == .returning {
                throw Fault("place \(action.place) shows a \(kind.name) that is withheld")
            }
            if isKeptNow || keptBefore && step.givesUp && !answer.isRepeat {
                throw Fault("place \(action.place) gives something up and its old anchor is kept")
            }
            let hasChanged = try place.look(isThorough: !answer.isRepeat || action.number % 8 == 0)
            guard hasChanged == !answer.isRepeat else {
                throw Fault("place \(action.place) \(hasChanged ? "changed on a repetition" : "did not change")")
            }
            let told = place.view.history.last { $0.transfer == answer.transfer.identifier }?.event
            if let objection = objection(to: answer, of: step, action) {
                throw Fault("place \(action.place) \(objection)")
            }
            if hasChanged, told != step.event {
                throw Fault("place \(action.place) has no line in its history for what it did")
            }
            name(place, action)
            try see(answer, action)
            if before.isLocked, let kind = answer.code?.kind, kind != .activation, kind != .receipt {
                throw Fault("a LOCKED place shows a \(kind.name)")
            }
            if before.isLocked, hasChanged { throw Fault("a LOCKED place changed") }
        case .refused(let error) where isKeptNow && Self.withheld.contains(error.code):
            note("done, \(error.code.rawValue)")
            report.count(step.word)
            report.count("withheld")
            guard try place.look(), place.view.history.last?.event == step.event,
                place.view.transfers.contains(where: \.isWithheld)
            else { throw Fault("place \(action.place) withholds a code and has not done what it is of") }
        case .refused(let error):
            note("\(error.code.rawValue)")
            report.refusals[error.code, default: 0] += 1
            guard
                Self.refusals.contains(error.code) || before.isLocked && Self.refusalsOfLocked.contains(error.code)
                    || keptBefore && (error.code == .anchorKept || Self.withheld.contains(error.code))
            else {
                throw Fault("\(action.deed.name) is refused as \(error); \(error.hint)")
            }
            // Nothing but the count of wrong requests, of which no list tells.
            try place.look(isThorough: action.number % 8 == 0)
            let isCounted = error.code == .requestUnknown || error.code == .offerGuessed
            guard before.keys == place.view.keys, before.transfers == place.view.transfers,
                before.history == place.view.history, isCounted || before.stateCounter == place.view.stateCounter
            else { throw Fault("place \(action.place) changed on a refusal") }
        case .cut(let why):
            note(why)
            try place.look()
            name(place, action)
        }
        guard restorations == restorationsBefore else {
            note(place.view.isLocked ? "cut off, and LOCKED" : "cut off, and opens")
            return
        }
        if before.isLocked != place.view.isLocked { throw Fault("place \(action.place) became LOCKED") }
        try checkTheCourse(from: before, to: place.view, at: action.place)
    }

    /// Names the transfer that began with this action.
    private func name(_ place: Place, _ action: Action) {
        for transfer in place.view.transfers where namings[transfer.identifier] == nil {
            namings[transfer.identifier] = action.number
            transfers[action.number] = transfer.identifier
        }
    }

    /// Takes note of a code, unless it is lost on its way to the eye.
    private func see(_ answer: TransferAnswer, _ action: Action) throws {
        guard let code = answer.code else { return }
        let identifier = answer.transfer.identifier
        let known = codes.updateValue(
            code, forKey: ShownName(place: action.place, transfer: identifier, kind: code.kind))
        guard known == nil || known == code || course == .backups else {
            throw Fault("place \(action.place) shows two different \(code.kind.name)s of one transfer")
        }
        note("\(answer.transfer.stateName)\(answer.isRepeat ? ", as before" : ""); \(code.kind.name)")
        guard !action.isLost else { return }
        shown[action.number] = Shown(
            code: code, transfer: identifier, certificate: answer.transfer.certificate,
            fingerprint: answer.transfer.fingerprint, place: action.place)
        showing.append(action.number)
    }

    /// What a vault says no with that may not show a code.
    private static let withheld: Set<LicenceError.Code> = [.codeWithheld, .returnWithheld]

    /// What a LOCKED vault may say no with beside that. A copy made between a release's two commits shows no code of it.
    private static let refusalsOfLocked: Set<LicenceError.Code> = [.vaultLocked, .codeWithheld, .returnWithheld]

    /// What a vault may say no with in a world where every code is at least a code.
    private static let refusals: Set<LicenceError.Code> = [
        .noSuchKey, .keyAlreadyHere, .keyReleased, .noSuchTransfer, .requestUnknown, .requestForOlderStartCode,
        .releasedToAnother, .transferClosed, .keyTakenBack, .alreadyActive, .requestDeclined, .requestAlreadyOpen,
        .activationForAnotherRequest, .activationWrong, .returnUnknown, .nothingToTakeBack, .receiptUnknown,
        .receiptNotYet, .notReleased, .notOffered, .notOpen, .vaultFull, .recordsFull, .requestPointRefused,
        .requestTooNew, .certificateMalformed, .codeMalformed,
    ]
}
