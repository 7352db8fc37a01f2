import Licensing
import Vaults

/// The law of conservation, as far as one machine can see it: for every licence, the places that hold its key and the
/// records of its release whose request is still open or declined are one together.
///
/// A place that is LOCKED holds nothing: it lists what it once had. A release whose other side is in no place that is here
/// is on its way to somewhere else, and what became of it can't be seen from here.
struct ConservationLaw: Sendable {
    /// What one place knows.
    struct Place: Sendable {
        let location: Location
        let isLocked: Bool
        let keys: [LicenceNumber]
        let transfers: [TransferSummary]
    }

    /// What the places say of one licence.
    enum Verdict: Sendable, Hashable {
        /// It is in this place.
        case held(Location)
        /// It has left the first of them for the second, and is to be activated or taken back.
        case travelling(TransferIdentifier, from: Location, to: Location)
        /// It was released to a place that is not here; nothing here says where it is.
        case gone(TransferIdentifier, from: Location)
        /// Two or more hold it, or it is held and on its way.
        case broken(held: [Location], travelling: [TransferIdentifier])
    }

    /// The licences that a place here holds, or released and has not settled.
    let verdicts: [LicenceNumber: Verdict]
    /// How many keys LOCKED places list that no place in order holds: there they can't be used.
    let lockedKeys: Int

    init(_ places: [Place]) {
        let inOrder = places.filter { !$0.isLocked }
        var held: [LicenceNumber: [Location]] = [:]
        for place in inOrder {
            for key in place.keys { held[key, default: []].append(place.location) }
        }
        var releases: [LicenceNumber: [(transfer: TransferSummary, from: Location)]] = [:]
        for place in inOrder {
            for transfer in place.transfers where transfer.standing == .source(.released) {
                releases[transfer.certificate.number, default: []].append((transfer, place.location))
            }
        }
        var verdicts: [LicenceNumber: Verdict] = [:]
        for licence in Set(held.keys).union(releases.keys) {
            verdicts[licence] = Self.verdict(held[licence] ?? [], releases[licence] ?? [], among: inOrder)
        }
        self.verdicts = verdicts
        lockedKeys = Set(places.filter(\.isLocked).flatMap(\.keys)).subtracting(held.keys).count
    }

    /// - Returns: nil where the key went on from a place that is here to one that is not, and that was settled.
    private static func verdict(
        _ held: [Location], _ releases: [(transfer: TransferSummary, from: Location)], among places: [Place]
    ) -> Verdict? {
        let answered = releases.map { ($0, request(of: $0.transfer, among: places)) }
        let travelling = answered.filter { _, request in
            request?.standing == .target(.open) || request?.standing == .target(.declined)
        }
        guard held.count + travelling.count <= 1 else {
            return .broken(held: held, travelling: travelling.map(\.0.transfer.identifier))
        }
        if let place = held.first { return .held(place) }
        if let (release, request) = travelling.first, let request {
            return .travelling(release.transfer.identifier, from: release.from, to: request.location)
        }
        return answered.first { $0.1 == nil }.map { .gone($0.0.transfer.identifier, from: $0.0.from) }
    }

    /// The request that a release answered, where its place is here. The fingerprint tells it from others that answered
    /// the same start code.
    private static func request(
        of released: TransferSummary, among places: [Place]
    ) -> (location: Location, standing: TransferSummary.Standing)? {
        for place in places {
            let found = place.transfers.first { transfer in
                if case .target = transfer.standing {
                    transfer.identifier == released.identifier && transfer.fingerprint == released.fingerprint
                } else {
                    false
                }
            }
            if let found { return (place.location, found.standing) }
        }
        return nil
    }
}
