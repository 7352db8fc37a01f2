import Licensing
import TestKit
import TransferCodes
import Vaults

/// What has to be true after every action.
extension World {
    /// For every licence, the vaults that hold it and the released records whose request is open or declined are one
    /// together. Where backups are written back, at most one vault that is not LOCKED holds it. A vault that offers a key has
    /// it. No vault holds or expects more than it has room for.
    ///
    /// - Throws: ``Fault``.
    func checkTheLaw() throws {
        for (index, key) in keys.enumerated() {
            let held = holders(of: key.number).count
            if course == .backups {
                guard held <= 1 else { throw Fault("key \(index) is usable in \(held) places") }
                continue
            }
            let onTheWay = releases(of: key.number).count
            guard held + onTheWay == 1 else {
                throw Fault("key \(index) is held in \(held) places and on its way \(onTheWay) times")
            }
        }
        for (index, place) in places.enumerated() {
            let offered = place.view.transfers.first { transfer in
                transfer.standing == .source(.offered)
                    && !place.view.keys.contains { $0.number == transfer.certificate.number }
            }
            guard offered == nil else { throw Fault("place \(index) offers a key and does not have it") }
            // An anchor that nobody keeps is no reason for it.
            guard course == .backups || place.kept != nil || !place.view.transfers.contains(where: \.isWithheld) else {
                throw Fault("place \(index) withholds a code for nobody's sake")
            }
            let open = place.view.transfers.count { $0.standing == .target(.open) }
            guard place.view.keys.count + open <= Int(clamping: place.view.capacity.keys),
                place.view.transfers.count <= Int(clamping: place.view.capacity.records)
            else { throw Fault("place \(index) holds more than it has room for") }
        }
    }

    /// The places that hold a licence and are not LOCKED.
    func holders(of licence: LicenceNumber) -> [Int] {
        places.indices.filter { index in
            !places[index].view.isLocked && places[index].view.keys.contains { $0.number == licence }
        }
    }

    /// The released records of a licence whose request is open or declined: source, target, and the request.
    func releases(of licence: LicenceNumber) -> [(source: Int, target: Int, request: TransferSummary)] {
        var found: [(source: Int, target: Int, request: TransferSummary)] = []
        for source in places.indices {
            for released in places[source].view.transfers
            where released.standing == .source(.released) && released.certificate.number == licence {
                for target in places.indices {
                    guard let request = places[target].view.transfers.first(where: { $0.isAwaiting(released) }) else {
                        continue
                    }
                    found.append((source, target, request))
                    break
                }
            }
        }
        return found
    }

    /// A code that was shown is a code that was committed: what a place ever showed, its records stand for.
    ///
    /// - Throws: ``Fault``.
    func checkWhatWasShown(at index: Int) throws {
        guard course == .transfers, places.indices.contains(index) else { return }
        let records = places[index].view.transfers
        for name in codes.keys where name.place == index {
            let standing = records.first { $0.identifier == name.transfer }?.standing
            guard let standing else {
                // A finished record may be forgotten to make room; nothing that was shown of it is still needed.
                codes[name] = nil
                guard isForgettable(name) else {
                    throw Fault("place \(index) showed a \(name.kind.name) and knows nothing of its transfer")
                }
                continue
            }
            let isRight =
                switch (name.kind, standing) {
                case (.start, .source), (.shortStart, .source): true
                case (.activation, .source(.released)), (.activation, .source(.settled)),
                    (.activation, .source(.returned)):
                    true
                case (.request, .target): true
                case (.returning, .target(.declined)): true
                case (.receipt, .target(.active)): true
                default: false
                }
            guard isRight else {
                throw Fault("place \(index) showed a \(name.kind.name), and its record is not what the code says")
            }
        }
        for record in records {
            lastStandings[StandingName(place: index, transfer: record.identifier)] = record.standing
        }
    }

    private func isForgettable(_ name: ShownName) -> Bool {
        switch lastStandings[StandingName(place: name.place, transfer: name.transfer)] {
        case .source(.withdrawn), .source(.settled), .source(.returned), .target(.active): true
        default: false
        }
    }

    /// Brings every key that is on its way to its goal, or back where its request was declined, with nothing but what the
    /// vaults show again; then has every key prove that it is whole.
    ///
    /// - Throws: ``Fault``.
    func finish() throws {
        guard course == .transfers else { return }
        var number = (log.last?.action.number ?? 0) + 1_000_000
        func act(_ place: Int, _ deed: Deed) throws -> Int {
            number += 1
            try perform(Action(number: number, place: place, deed: deed))
            return number
        }
        for index in places.indices where places[index].kept != nil {
            _ = try act(index, .keptAnchor(.deleted))
            if places[index].kept != nil { _ = try act(index, .restart) }
            _ = try act(index, .keptAnchor(.vouchedFor))
            guard places[index].kept == nil else {
                throw Fault("place \(index) does not forget the anchor that is gone")
            }
        }
        func naming(_ transfer: TransferSummary) -> Int { namings[transfer.identifier] ?? 0 }
        for (index, key) in keys.enumerated() {
            guard let release = releases(of: key.number).first else { continue }
            let isOpen = release.request.standing == .target(.open)
            let (from, to) = isOpen ? (release.source, release.target) : (release.target, release.source)
            if !isOpen {
                // Requests of keys that are not on their way keep the room that this one needs.
                for open in places[to].view.transfers where open.standing == .target(.open) {
                    _ = try act(to, .decline(transfer: naming(open)))
                }
            }
            let code = try act(from, .show(transfer: naming(release.request)))
            guard shown[code] != nil else { throw Fault("place \(from) does not show the code of a transfer again") }
            _ = try act(to, .load(code: code, .whole))
            // A source that is full of other keys takes this one back once one of them has been moved away.
            let isFull = places[to].view.keys.count >= Int(clamping: places[to].view.capacity.keys)
            if !isOpen, isFull, holders(of: key.number).isEmpty { continue }
            guard holders(of: key.number).count == 1 else { throw Fault("key \(index) could not be brought home") }
            report.rescued += 1
        }
        for index in keys.indices {
            for holder in holders(of: keys[index].number) { _ = try act(holder, .prove(key: index)) }
        }
    }
}

extension TransferSummary {
    /// Whether this is the request that `released` answered, still open or declined. The fingerprint tells it from others
    /// that answered the same start code.
    func isAwaiting(_ released: TransferSummary) -> Bool {
        (standing == .target(.open) || standing == .target(.declined)) && identifier == released.identifier
            && fingerprint == released.fingerprint
    }
}
