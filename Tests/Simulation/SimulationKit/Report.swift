package import Licensing

/// What a run did, to see that it was not idle.
package struct Report: Sendable, CustomStringConvertible {
    /// Actions that were done.
    package var steps = 0
    /// Worlds that came to their end.
    package var worlds = 0
    /// What changed something or was looked at, by its name.
    package var deeds: [String: Int] = [:]
    /// What went wrong, by its name: how often, and how often so that nobody knew what came of it.
    package var mishaps: [String: (all: Int, cut: Int)] = [:]
    /// Refusals, by their code.
    package var refusals: [LicenceError.Code: Int] = [:]
    /// Keys that were on their way when their world ended, and were brought to their goal or back.
    package var rescued = 0

    mutating func count(_ deed: String) { deeds[deed, default: 0] += 1 }

    mutating func count(mishap: Mishap, _ outcome: Place.Outcome) {
        mishaps[mishap.name, default: (0, 0)].all += 1
        if case .cut = outcome { mishaps[mishap.name, default: (0, 0)].cut += 1 }
    }

    mutating func add(_ other: Report) {
        steps += other.steps
        worlds += other.worlds
        rescued += other.rescued
        deeds.merge(other.deeds, uniquingKeysWith: +)
        refusals.merge(other.refusals, uniquingKeysWith: +)
        mishaps.merge(other.mishaps) { ($0.all + $1.all, $0.cut + $1.cut) }
    }

    package var description: String {
        let deeds = deeds.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let mishaps = mishaps.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.cut) of \($0.value.all)" }
        let refusals = refusals.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
        return """
            \(steps) steps in \(worlds) worlds; \(rescued) keys brought home
              done: \(deeds.joined(separator: ", "))
              cut off: \(mishaps.joined(separator: ", "))
              refused: \(refusals.joined(separator: ", "))
            """
    }

    /// The deeds, and the refusals that only a true mix of courses brings about, of which there was none.
    package func gaps(_ course: Course, isOnDisk: Bool) -> [String] {
        var wanted = [
            "offer", "offer-anew", "request", "release", "activate", "settle", "decline", "reclaim", "cancel", "prove",
            "mistyped", "put-right",
        ]
        if course == .transfers { wanted.append("close") }
        if course == .backups {
            wanted += ["restored-locked", "restored-open", "cloned-locked", "copied-at-crash", "restored-at-crash"]
        }
        let kinds = isOnDisk ? DiskFault.Kind.allCases.map(\.rawValue) : []
        let accidents = kinds + CableTrouble.allCases.map(\.rawValue) + ["crash-before", "crash-after"]
        let refused: [LicenceError.Code] = [
            .releasedToAnother, .requestForOlderStartCode, .requestDeclined, .keyTakenBack, .transferClosed,
            .activationForAnotherRequest, .nothingToTakeBack, .vaultFull, .recordsFull, .alreadyActive,
        ]
        return wanted.filter { deeds[$0] == nil } + accidents.filter { mishaps[$0] == nil }
            + refused.filter { refusals[$0] == nil }.map(\.rawValue)
    }
}
