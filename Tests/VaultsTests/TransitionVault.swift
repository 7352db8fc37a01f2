import Licensing
import TestKit
import TransferCodes

@testable import Vaults

/// A vault in one of the states of the transition table, with every code that it can be asked with.
///
/// Codes that nobody has shown yet come from copies of the vaults that would show them: whoever is asked next starts
/// again from where this one stands.
struct TransitionVault {
    /// What it holds.
    private var contents = MemoryContents(location: .local, capacity: .localStore)
    /// The requests whose return code is withheld.
    private var withheld: Set<TransferIdentifier> = []
    private let key: TestKey
    private let random: DeterministicRandom
    /// The step that each event of the table is, by its name.
    private var steps: [String: TransferStep]
    private var names: [TransferCode: String] = [:]
    private var letters: [TransferIdentifier: String] = [:]
    private var requests: [[UInt8]: String] = [:]
    private var foreign: [String: MemoryContents] = [:]

    /// The letters of this vault's offers, and of those of others that it may answer.
    static let own = ["a", "b"]
    static let others = ["x", "y"]

    /// - Parameter isHolding: whether the key is here.
    init(isHolding: Bool) throws {
        key = try TestVendor().key("first")
        random = DeterministicRandom(seed: 5)
        steps = [
            "offer": .offer(key.number, anew: false),
            "offer anew": .offer(key.number, anew: true),
        ]
        if isHolding { try contents.mint(key) }
        for letter in Self.others {
            var source = MemoryContents(location: .local, capacity: .localStore)
            try source.mint(key)
            let start = try source.perform(.offer(key.number, anew: false), random)
            foreign[letter] = source
            try learn(start, letter)
            try learnRequests(letter, ["2"], answering: start, of: source)
        }
    }

    /// The step of an event.
    func step(_ event: String) throws -> TransferStep {
        guard let step = steps[event] else { throw UnknownEvent(name: event) }
        return step
    }

    /// What is planned for a step.
    func plan(_ step: TransferStep) throws(LicenceError) -> TransferPlan {
        let contents = TableContents(contents: contents, withheld: withheld, lockedReason: nil)
        return try TransferRules(contents, on: .ofTheTable, random: random.source).plan(step)
    }

    /// Whether the same vault, LOCKED, answers a step.
    func answersWhenLocked(_ step: TransferStep) -> Bool {
        let locked = TableContents(contents: contents, withheld: withheld, lockedReason: "it is a copy")
        let plan = try? TransferRules(locked, on: .ofTheTable, random: random.source).plan(step)
        return (try? plan?.outcome.get()) != nil
    }

    /// Whether a code is withheld, and with that the store's old anchor kept by somebody.
    var isWithholding: Bool { !withheld.isEmpty || contents.outgoing().contains { $0.summary.isWithheld } }

    /// The vault after the changes of a plan, and what its answer makes known. Where somebody keeps the old anchor, the code
    /// of what is given up `isWithheld`.
    func after(_ plan: TransferPlan, isWithheld: Bool = false) throws -> TransitionVault {
        var after = self
        for change in plan.changes {
            switch change {
            case .release(let transfer, var release, let escrow, let now) where isWithheld:
                release.isWithheld = true
                try after.contents.apply(.release(transfer, release, escrow: escrow, at: now))
            case .decline(let transfer, _, _, _) where isWithheld:
                try after.contents.apply(change)
                after.withheld.insert(transfer)
            default: try after.contents.apply(change)
            }
        }
        let answer = try plan.outcome.get()
        switch answer.code {
        case .start?:
            let letter = (Self.own + ["c"]).first { !letters.values.contains($0) }
            try after.learn(answer, letter ?? "d")
            try after.learnRequests(letter ?? "d", ["1", "2"], answering: answer, of: after.contents)
        case .request?:
            try after.learnOwnRequest(answer)
        default: break
        }
        return after
    }

    /// The state in words.
    var words: String {
        let outgoing = contents.outgoing().map { record in
            let request = record.release.map { " to \(requests[$0.point.bytes] ?? "?")" } ?? ""
            return "\(letter(record.identifier)) \(record.state.name)\(request)"
                + (record.summary.isWithheld ? ", withheld" : "")
        }
        let incoming = contents.incoming().map { record in
            "\(letter(record.identifier)) \(record.state.name)"
                + (withheld.contains(record.identifier) ? ", withheld" : "")
        }
        return ([contents.keys().isEmpty ? "empty" : "HELD"] + outgoing.sorted() + incoming.sorted())
            .joined(separator: ", ")
    }

    /// Whether it has made more offers than the table follows.
    var isBeyondTheTable: Bool { contents.outgoing().count > Self.own.count }

    /// The records that may be forgotten.
    var forgettable: [String] {
        contents.outgoing().filter(\.state.isFinished).map { letter($0.identifier) }
            + contents.incoming().filter(\.state.isFinished).map { letter($0.identifier) }
    }

    /// What a code is called: its kind, its offer's letter and its request's number.
    func name(_ code: TransferCode) -> String { names[code] ?? "an unknown \(code.kind)" }

    /// Everything that it can be asked, in the order of the table.
    var events: [String] {
        let outgoing = contents.outgoing()
        let incoming = Set(contents.incoming().map { letter($0.identifier) })
        var events = ["offer", "offer anew"]
        for record in outgoing {
            let offer = letter(record.identifier)
            events += ["request \(offer)", "release \(offer)1"]
            // The requests of an offer that is not released are alike.
            if record.release != nil { events.append("release \(offer)2") }
            events.append("activate \(offer)1")
            for request in ["1", "2"] { events += ["settle \(offer)\(request)", "reclaim \(offer)\(request)"] }
            events += ["cancel", "close", "show", "decline", "receipt"].map { "\($0) \(offer)" }
        }
        for offer in Self.others {
            let isFirst = offer == Self.others.first
            // The offers of others are alike: the first comes first.
            if isFirst || incoming.contains("x") { events.append("request \(offer)") }
            for request in (incoming.contains(offer) ? ["1"] : []) + (isFirst ? ["2"] : []) {
                events += ["release", "activate", "settle", "reclaim"].map { "\($0) \(offer)\(request)" }
            }
            if incoming.contains(offer) {
                events += ["decline", "receipt", "show", "cancel", "close"].map { "\($0) \(offer)" }
            }
        }
        return events
    }

    private func letter(_ transfer: TransferIdentifier) -> String { letters[transfer] ?? "?" }

    // MARK: - Codes

    /// An offer that was made, here or elsewhere.
    private mutating func learn(_ offer: TransferAnswer, _ letter: String) throws {
        let start = try offer.startCode
        let transfer = offer.transfer.identifier
        letters[transfer] = letter
        names[.start(start)] = "START \(letter)"
        steps["request \(letter)"] = .request(key.certificate, offerSecret: start.offerSecret)
        steps["cancel \(letter)"] = .cancel(transfer)
        steps["close \(letter)"] = .close(transfer)
        steps["show \(letter)"] = .show(transfer)
        steps["decline \(letter)"] = .decline(transfer)
        steps["receipt \(letter)"] = .receipt(transfer)
    }

    /// The requests of other vaults that answer an offer, and all codes that can follow.
    private mutating func learnRequests(
        _ letter: String, _ numbers: [String], answering offer: TransferAnswer, of source: MemoryContents
    ) throws {
        for number in numbers {
            var target = MemoryContents(location: .local, capacity: .localStore)
            let request = try target.perform(
                .request(key.certificate, offerSecret: try offer.startCode.offerSecret), random)
            try learn(request, "\(letter)\(number)", at: target, of: source)
        }
    }

    /// This vault's own request for an offer of another, and all codes that can follow.
    private mutating func learnOwnRequest(_ request: TransferAnswer) throws {
        let letter = letter(request.transfer.identifier)
        guard let source = foreign[letter] else { throw UnknownEvent(name: "request \(letter)") }
        try learn(request, "\(letter)1", at: contents, of: source)
    }

    private mutating func learn(
        _ request: TransferAnswer, _ name: String, at target: MemoryContents, of source: MemoryContents
    ) throws {
        let code = try request.requestCode
        let transfer = request.transfer.identifier
        requests[code.point] = name
        names[.request(code)] = "REQUEST \(name)"
        steps["release \(name)"] = .release(code)

        var (released, active, declined) = (source, target, target)
        let activation = try released.perform(.release(code), random).activationCode
        names[.activation(activation)] = "ACTIVATION \(name)"
        steps["activate \(name)"] = .activate(activation)

        _ = try active.perform(.activate(activation), random)
        let receipt = try active.perform(.receipt(transfer), random).receiptCode
        names[.receipt(receipt)] = "RECEIPT \(name)"
        steps["settle \(name)"] = .settle(receipt)

        let returning = try declined.perform(.decline(transfer), random).returnCode
        names[.returning(returning)] = "RETURN \(name)"
        steps["reclaim \(name)"] = .reclaim(returning)
    }
}

/// The table names an event that the vault can't be asked.
struct UnknownEvent: Error {
    let name: String
}

extension MemoryContents {
    /// Plans and does a step.
    fileprivate mutating func perform(_ step: TransferStep, _ random: DeterministicRandom) throws -> TransferAnswer {
        let plan = try TransferRules(self, on: .ofTheTable, random: random.source).plan(step)
        for change in plan.changes { try apply(change) }
        return try plan.outcome.get()
    }

    fileprivate mutating func mint(_ key: TestKey) throws {
        try apply(.insertKey(HeldKey(certificate: key.certificate, since: Timestamp(seconds: 0)), key.seed))
    }
}

extension Occasion {
    /// When everything in the table happens: time decides nothing.
    fileprivate static var ofTheTable: Occasion { Occasion(now: Timestamp(seconds: 1), user: 0) }
}

/// The same contents with return codes that are withheld, or in a LOCKED vault, which can read none of its secrets.
private struct TableContents: VaultReading {
    let contents: MemoryContents
    let withheld: Set<TransferIdentifier>
    let lockedReason: String?

    var location: Location { contents.location }
    var capacity: VaultCapacity { contents.capacity }
    func wrongRequests() throws(LicenceError) -> UInt32 { contents.wrongRequests() }
    func keys() throws(LicenceError) -> [HeldKey] { contents.keys() }
    func outgoing() throws(LicenceError) -> [OutgoingTransfer] { contents.outgoing() }
    func incoming() throws(LicenceError) -> [IncomingTransfer] {
        contents.incoming().map { record in
            var record = record
            record.isWithheld = withheld.contains(record.identifier)
            return record
        }
    }
    func seed(of licence: LicenceNumber) throws(LicenceError) -> Seed {
        try requireUnlocked()
        return try contents.seed(of: licence)
    }
    func escrow(of transfer: TransferIdentifier) throws(LicenceError) -> Secret {
        try requireUnlocked()
        return try contents.escrow(of: transfer)
    }
    func requestSecret(of transfer: TransferIdentifier) throws(LicenceError) -> Secret {
        try requireUnlocked()
        return try contents.requestSecret(of: transfer)
    }
    func returnKey(of transfer: TransferIdentifier) throws(LicenceError) -> Secret {
        try requireUnlocked()
        return try contents.returnKey(of: transfer)
    }

    private func requireUnlocked() throws(LicenceError) {
        guard let lockedReason else { return }
        throw LicenceError(.vaultLocked, [.location: location.description, .reason: lockedReason])
    }
}
