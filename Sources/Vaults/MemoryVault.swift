package import Licensing
package import TransferCodes

/// A vault in memory: the rules with the least around them. For tests, simulations and examples; what it holds ends with
/// the process.
package final class MemoryVault: MintingVault {
    private var contents: MemoryContents
    private let random: RandomBytes

    package init(location: Location, capacity: VaultCapacity = .localStore, random: @escaping RandomBytes) {
        contents = MemoryContents(location: location, capacity: capacity)
        self.random = random
    }

    /// A vault that begins with everything that `other` holds now, and goes its own way from there.
    package init(copying other: MemoryVault, random: @escaping RandomBytes) {
        contents = other.contents
        self.random = random
    }

    package func status() -> VaultStatus {
        VaultStatus(
            location: contents.location, capacity: contents.capacity, stateCounter: contents.stateCounter,
            lockedReason: nil)
    }

    package func keys() -> [HeldKey] { contents.keys() }

    package func transfers() throws(LicenceError) -> [TransferSummary] { try questions.transfers() }

    package func perform(_ step: TransferStep, on occasion: Occasion) throws(LicenceError) -> TransferAnswer {
        try commit(try TransferRules(contents, on: occasion, random: random).plan(step))
    }

    package func recognise(_ code: TransferCode) throws(LicenceError) -> TransferSummary? {
        try questions.recognise(code)
    }

    package func prove(_ licence: LicenceNumber, _ challenge: ProofChallenge) throws(LicenceError) -> ProofAnswer {
        try questions.prove(licence, challenge)
    }

    package func mint(_ certificate: Certificate, _ seed: Seed, on occasion: Occasion) throws(LicenceError) {
        _ = try commit(try TransferRules(contents, on: occasion, random: random).mint(certificate, seed))
    }

    package func history() -> [HistoryEntry] { contents.history }

    /// The rules for a question, to which time and random source do not matter.
    private var questions: TransferRules<MemoryContents> {
        TransferRules(contents, on: Occasion(now: Timestamp(seconds: 0), user: 0), random: random)
    }

    private func commit<Answer>(_ plan: Plan<Answer>) throws(LicenceError) -> Answer {
        if !plan.changes.isEmpty {
            var changed = contents
            for change in plan.changes { try changed.apply(change) }
            changed.history += plan.history
            changed.stateCounter += 1
            contents = changed
        }
        return try plan.outcome.get()
    }
}
