package import Licensing

/// What a run did, to see that it was not idle.
package struct Report: Sendable, CustomStringConvertible {
    /// Actions that did something: a vault was asked, looked at, started or copied.
    package var steps = 0
    /// Actions that came to nothing, because what they are about is not there, or their code can't be read.
    package var idle = 0
    /// Worlds that came to their end.
    package var worlds = 0
    /// What changed something or was looked at, by its name.
    package var deeds: [String: Int] = [:]
    /// What went wrong, by its name.
    package var mishaps: [String: Mishaps] = [:]
    /// Refusals, by their code.
    package var refusals: [LicenceError.Code: Int] = [:]
    /// Keys that were on their way when their world ended, and were brought to their goal or back.
    package var rescued = 0

    /// Mishaps of one kind.
    package struct Mishaps: Sendable {
        /// How often one was planned.
        package var planned = 0
        /// How often it came to it: a step may be over before the call, or the exchange, at which something was to go wrong.
        package var struck = 0
        /// How often nobody knew afterwards what came of the step.
        package var cut = 0
    }

    /// What happened, one thing after the other: two runs with the same trace did the same.
    package var trace = Trace()

    mutating func count(_ deed: String, _ times: Int = 1) {
        if times > 0 { deeds[deed, default: 0] += times }
    }

    mutating func count(mishap: Mishap, hasStruck: Bool, _ outcome: Place.Outcome) {
        var count = mishaps[mishap.name] ?? Mishaps()
        count.planned += 1
        if hasStruck { count.struck += 1 }
        if case .cut = outcome { count.cut += 1 }
        mishaps[mishap.name] = count
    }

    mutating func add(_ other: Report) {
        steps += other.steps
        idle += other.idle
        worlds += other.worlds
        rescued += other.rescued
        trace.add(other.trace.description)
        deeds.merge(other.deeds, uniquingKeysWith: +)
        refusals.merge(other.refusals, uniquingKeysWith: +)
        mishaps.merge(other.mishaps) { one, two in
            Mishaps(planned: one.planned + two.planned, struck: one.struck + two.struck, cut: one.cut + two.cut)
        }
    }

    package var description: String {
        let deeds = deeds.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let mishaps = mishaps.sorted { $0.key < $1.key }.map { name, count in
            "\(name) \(count.planned)/\(count.struck)/\(count.cut)"
        }
        let refusals = refusals.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
        return """
            \(steps) steps in \(worlds) worlds, and \(idle) that came to nothing; \(rescued) keys brought home
              done: \(deeds.joined(separator: ", "))
              went wrong, as planned/struck/cut off: \(mishaps.joined(separator: ", "))
              refused: \(refusals.joined(separator: ", "))
              trace \(trace)
            """
    }

    /// The deeds, the mishaps that cut a step off, and the refusals that only a true mix of courses brings about, of which
    /// there was none.
    package func gaps(_ course: Course, isOnDisk: Bool) -> [String] {
        var wanted = [
            "offer", "offer-anew", "request", "release", "activate", "settle", "decline", "reclaim", "cancel", "prove",
            "typed", "mistyped", "put-right",
        ]
        if course == .transfers { wanted.append("close") }
        if course == .transfers, isOnDisk {
            wanted += ["withheld"] + AnchorFate.allCases.map { "anchor-\($0.rawValue)" }
        }
        if course == .backups {
            wanted += ["restored-locked", "restored-open", "cloned-locked", "copied-at-crash", "restored-at-crash"]
        }
        if isOnDisk { wanted.append("start-cut-off") }
        let kinds = isOnDisk ? DiskFault.Kind.allCases.map(\.rawValue) : []
        let accidents = kinds + CableTrouble.allCases.map(\.rawValue) + ["crash-before", "crash-after"]
        let withheld: [LicenceError.Code] =
            course == .transfers && isOnDisk ? [.codeWithheld, .returnWithheld, .anchorKept] : []
        let refused: [LicenceError.Code] = [
            .releasedToAnother, .requestForOlderStartCode, .requestDeclined, .keyTakenBack, .transferClosed,
            .activationForAnotherRequest, .nothingToTakeBack, .vaultFull, .recordsFull, .alreadyActive,
        ]
        return wanted.filter { deeds[$0] == nil } + accidents.filter { mishaps[$0]?.cut ?? 0 == 0 }
            + (refused + withheld).filter { refusals[$0] == nil }.map(\.rawValue)
    }
}
