import Licensing
import Vaults

/// What has to be true after every step.
extension SimulatedWorld {
    /// For every licence, the vaults that hold it and the released records whose request is still open or declined are one
    /// together; and no vault holds or expects more than it has room for.
    ///
    /// - Throws: ``Fault``.
    func checkTheLaw() throws {
        for licence in licences {
            let held = holders(of: licence).count
            let onTheWay = releases(of: licence).count
            guard held + onTheWay == 1 else {
                throw Fault(description: "licence \(licence) is held \(held) times and \(onTheWay) times on its way")
            }
        }
        for place in places {
            let open = place.snapshot.transfers.count { $0.standing == .target(.open) }
            guard place.snapshot.keys.count + open <= capacity.keys, place.snapshot.transfers.count <= capacity.records
            else { throw Fault(description: "a vault holds more than it has room for") }
        }
    }

    /// The vaults that hold a licence.
    func holders(of licence: LicenceNumber) -> [Int] {
        places.indices.filter { places[$0].snapshot.keys.contains { $0.number == licence } }
    }

    /// The released records of a licence whose request is open or declined: source, target, and the request.
    func releases(of licence: LicenceNumber) -> [(source: Int, target: Int, request: TransferSummary)] {
        places.indices.flatMap { source in
            places[source].snapshot.transfers.filter {
                $0.certificate.number == licence && $0.standing == .source(.released)
            }.compactMap { released in
                request(of: released).map { (source, $0.target, $0.request) }
            }
        }
    }

    /// The request that a released record answered, where it is open or declined. The fingerprint tells it from others that
    /// answered the same start code.
    private func request(of released: TransferSummary) -> (target: Int, request: TransferSummary)? {
        for target in places.indices {
            let found = places[target].snapshot.transfers.first {
                $0.identifier == released.identifier && $0.fingerprint == released.fingerprint
                    && ($0.standing == .target(.open) || $0.standing == .target(.declined))
            }
            if let found { return (target, found) }
        }
        return nil
    }
}
