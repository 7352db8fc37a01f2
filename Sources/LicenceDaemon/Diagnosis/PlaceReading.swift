import Control
import Licensing
import VaultStore
import Vaults

/// What one place says of itself when it is asked everything.
struct PlaceReading: Sendable {
    let location: Location
    /// What it answered, or why it did not.
    let answer: Result<Contents, LicenceError>

    /// What a place answered.
    struct Contents: Sendable {
        let status: VaultStatus
        let keys: [HeldKey]
        let transfers: [TransferSummary]
        /// How it is on its disk; nil for a place that has none here.
        let health: StoreHealth?
        /// Whether its database was looked through.
        let isThorough: Bool
    }

    private var contents: Contents? { try? answer.get() }

    /// The keys that it lists.
    var keys: [HeldKey] { contents?.keys ?? [] }

    /// When something was written down in it.
    var moments: [Timestamp] {
        keys.map(\.since) + (contents?.transfers ?? []).flatMap { [$0.begun, $0.changed] }
    }

    /// What the law of conservation goes by; nil where the place did not answer.
    var law: ConservationLaw.Place? {
        contents.map {
            ConservationLaw.Place(
                location: location, isLocked: $0.status.lockedReason != nil, keys: $0.keys.map(\.number),
                transfers: $0.transfers)
        }
    }

    /// Asks a place.
    init(of place: Place, isThorough: Bool) async {
        location = place.location
        do {
            answer = .success(
                Contents(
                    status: try await place.status(), keys: try await place.keys(),
                    transfers: try await place.transfers(), health: try await place.health(isThorough: isThorough),
                    isThorough: isThorough))
        } catch {
            answer = .failure(error)
        }
    }
}

extension Diagnosis {
    /// How a place is: one finding where it is in order, one for each fault where it is not.
    func findings(of reading: PlaceReading) -> [FindingEntry] {
        let (subject, object): (FindingEntry.Subject, String?) =
            reading.location == .local ? (.store, nil) : (.dongle, reading.location.description)
        let contents: PlaceReading.Contents
        switch reading.answer {
        case .failure(let error): return [FindingEntry(subject, object, error)]
        case .success(let answered): contents = answered
        }
        if let reason = contents.status.lockedReason {
            let error = LicenceError(.vaultLocked, [.location: reading.location.description, .reason: reason])
            return [FindingEntry(subject, object, error)]
        }
        var findings = contents.health.map(Self.faults) ?? []
        if findings.isEmpty {
            findings.append(FindingEntry(subject, object, .ok, Self.sentence(contents)))
        }
        return findings + (contents.health.map(Self.notes) ?? [])
    }

    private static func sentence(_ contents: PlaceReading.Contents) -> String {
        let (keys, room) = (contents.keys.count, contents.status.capacity.keys)
        let open = contents.transfers.count(where: \.isUnfinished)
        let transfers =
            switch open {
            case 0: ""
            case 1: "; 1 transfer is under way (almctl transfers)"
            default: "; \(open) transfers are under way (almctl transfers)"
            }
        guard let health = contents.health else { return "answers; \(keys) of \(room) keys\(transfers)" }
        let whole = contents.isThorough ? ", and whole" : ""
        return "in its place at \(health.path)\(whole); \(keys) of \(room) keys\(transfers)"
    }

    private static func notes(_ health: StoreHealth) -> [FindingEntry] {
        let gaps = health.gaps.map { FindingEntry(.store, .note, $0) }
        let strays = health.strayAnchors.map { name in
            FindingEntry(
                .store, .note, "\(health.path)/\(name) is called like an anchor, and holds what no anchor has",
                cure: "an administrator moves it elsewhere, or removes it if nobody needs it")
        }
        return gaps + strays
    }

    private static func faults(_ health: StoreHealth) -> [FindingEntry] {
        var faults: [FindingEntry] = []
        if let damage = health.damage {
            faults.append(
                FindingEntry(
                    .store, .problem, "the database in \(health.path) is damaged: \(damage)",
                    cure: "let almd run and change nothing; an administrator moves the keys that are left to another "
                        + "store or dongle, and looks after the disk"))
        }
        if let displacement = health.displacement {
            faults.append(
                FindingEntry(
                    .store, .problem, "the store of \(health.path) would not open again: \(displacement)",
                    cure: "an administrator puts back what was moved or exchanged before almd is started again"))
        }
        if let error = health.keptAnchor { faults.append(FindingEntry(.store, nil, error)) }
        return faults
    }
}
