import Control
import Licensing
import Vaults

extension Diagnosis {
    /// What the law of conservation finds: one sentence where everything is in order, and one for each licence that is
    /// not, or that left for a place which is not here. Who is no administrator gets their number.
    ///
    /// - Parameter steps: what has to be done next in transfers whose other side is a dongle that is not here.
    func licenceFindings(
        _ law: ConservationLaw, steps: [TransferIdentifier: String], isAdministrator: Bool
    ) -> [FindingEntry] {
        let verdicts = law.verdicts.sorted { $0.key < $1.key }
        let broken = verdicts.filter { if case .broken = $0.value { true } else { false } }
        let gone = verdicts.filter { if case .gone = $0.value { true } else { false } }
        var findings: [FindingEntry] = []
        if broken.isEmpty {
            let finding =
                switch verdicts.count - gone.count {
                case 0 where law.lockedKeys > 0: FindingEntry(.licence, .note, "no licence key can be used here")
                case 0: FindingEntry(.licence, .ok, "no licence key is here or on the way")
                case 1: FindingEntry(.licence, .ok, "1 licence key is here or on the way, and once only")
                case let count:
                    FindingEntry(
                        .licence, .ok, "\(count) licence keys are here or on the way, each of them once only")
                }
            findings.append(finding)
        }
        if law.lockedKeys > 0 {
            findings.append(
                FindingEntry(
                    .licence, .note,
                    "keys that are listed and can't be used, since their place is LOCKED: \(law.lockedKeys)",
                    cure: "the place is put back where it was, as said of it above; almctl list shows the keys"))
        }
        guard isAdministrator else { return findings + Self.counted(broken.count, gone.count) }
        let named = broken + gone
        findings += named.prefix(Self.mostLicences).compactMap { Self.finding($0.key, $0.value, steps) }
        if named.count > Self.mostLicences {
            findings.append(
                FindingEntry(.licence, .note, "\(named.count - Self.mostLicences) more licences are not named here"))
        }
        return findings
    }

    private static func counted(_ broken: Int, _ gone: Int) -> [FindingEntry] {
        var findings: [FindingEntry] = []
        let cure = "an administrator runs almctl doctor, which names them"
        if broken > 0 {
            findings.append(FindingEntry(.licence, .problem, "licences that are here twice: \(broken)", cure: cure))
        }
        if gone > 0 {
            findings.append(
                FindingEntry(
                    .licence, .note, "licences that left for a place which is not here: \(gone)", cure: cure))
        }
        return findings
    }

    /// The next steps of the keys that were released to a dongle which was here and is not any more.
    static func stepsToAbsentDongles(
        of places: [PlaceReading], absent: [(location: Location, transfer: TransferSummary)]
    ) -> [TransferIdentifier: String] {
        let present = places.map(\.location)
        var steps: [TransferIdentifier: String] = [:]
        for place in places.compactMap(\.law) where !place.isLocked {
            for transfer in place.transfers where transfer.standing == .source(.released) {
                guard let other = TransferDesk.otherSide(of: transfer, at: place.location, among: absent) else {
                    continue
                }
                steps[transfer.identifier] = transfer.nextStep(at: place.location, other: other, present: present)
            }
        }
        return steps
    }

    private static func finding(
        _ licence: LicenceNumber, _ verdict: ConservationLaw.Verdict, _ steps: [TransferIdentifier: String]
    ) -> FindingEntry? {
        switch verdict {
        case .held, .travelling: return nil
        case .gone(let transfer, let source):
            return FindingEntry(
                .licence, licence.description, .note,
                "released from \(source) with transfer \(transfer); whether it has arrived can't be seen from here",
                cure: steps[transfer] ?? "its receipt code closes the books: almctl transfers says the next step")
        case .broken(let held, let travelling):
            let places = held.map(\.description).joined(separator: " and ")
            let ways = travelling.map { "with transfer \($0)" }.joined(separator: " and ")
            let found =
                switch (held.count, travelling.count) {
                case (_, 0): "its key is in \(places) at the same time"
                case (0, _): "its key is on the way \(ways) at the same time"
                default: "its key is in \(places) and at the same time on the way \(ways)"
                }
            return FindingEntry(
                .licence, licence.description, .problem, found,
                cure: "one of them was restored from a copy: an administrator leaves all of them as they are and asks "
                    + "the vendor which one counts")
        }
    }
}
