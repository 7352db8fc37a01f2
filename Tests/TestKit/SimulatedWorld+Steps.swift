import Licensing
import TransferCodes
import Vaults

/// What happens next, by chance.
extension SimulatedWorld {
    /// A vault and a step for it: most often it loads a code that somebody saw, more often a recent one, and more often
    /// where the transfer is known than where it is not.
    func randomStep() -> (place: Int, step: TransferStep)? {
        let place = Int.random(in: places.indices, using: &random)
        let licence = licences.randomElement(using: &random)
        let known = places[place].snapshot.transfers.randomElement(using: &random)?.identifier
        let step: TransferStep? =
            switch Int.random(in: 0..<20, using: &random) {
            case 0...1: licence.map { .offer($0, anew: false) }
            case 2: licence.map { .offer($0, anew: true) }
            case 3: known.map { .decline($0) }
            case 4: known.map { .cancel($0) }
            case 5: known.map { .receipt($0) }
            case 6: known.map { .show($0) }
            case 7: foreignTransfer().map { Bool.random(using: &random) ? .show($0) : .decline($0) }
            default: nil
            }
        if let step { return (place, step) }
        let recent = random.next() % 2 == 0 ? loads.suffix(6) : loads[...]
        guard let load = recent.randomElement(using: &random) else { return nil }
        let knowing = places.indices.filter { index in
            places[index].snapshot.transfers.contains { $0.identifier == load.transfer }
        }
        let isWellAimed = Bool.random(using: &random)
        return (isWellAimed ? knowing.randomElement(using: &random) ?? place : place, load.step)
    }

    /// A transfer of any vault.
    private func foreignTransfer() -> TransferIdentifier? {
        places.randomElement(using: &random)?.snapshot.transfers.randomElement(using: &random)?.identifier
    }

    /// Brings every key that is on its way to its goal, or back where its request was declined, with nothing but what the
    /// vaults show again. Afterwards each licence is held once.
    ///
    /// - Returns: how many keys were on their way and got there.
    func finish(_ report: inout TransferSimulation.Report) throws -> Int {
        var rescued = 0
        for licence in licences {
            guard let release = releases(of: licence).first else { continue }
            let name = release.request.identifier
            if release.request.standing == .target(.open) {
                guard case .activation(let code) = try perform(.show(name), at: release.source, &report)?.code else {
                    throw Fault(description: "V\(release.source) does not show the activation code of \(name) again")
                }
                try perform(.activate(code), at: release.target, &report)
            } else {
                guard case .returning(let code) = try perform(.show(name), at: release.target, &report)?.code else {
                    throw Fault(description: "V\(release.target) does not show the return code of \(name) again")
                }
                try makeRoom(at: release.source, &report)
                try perform(.reclaim(code), at: release.source, &report)
                // A source that is full of other keys takes this one back once one of them has been moved away.
                if isFull(release.source), holders(of: licence).isEmpty { continue }
            }
            guard holders(of: licence).count == 1 else {
                throw Fault(description: "licence \(licence) could not be brought home")
            }
            rescued += 1
        }
        return rescued
    }

    private func isFull(_ place: Int) -> Bool {
        UInt32(places[place].snapshot.keys.count) >= capacity.keys
    }

    /// Gives up the requests that keep a vault from taking a key back: those of keys that are not on their way to it.
    private func makeRoom(at place: Int, _ report: inout TransferSimulation.Report) throws {
        for open in places[place].snapshot.transfers where open.standing == .target(.open) {
            try perform(.decline(open.identifier), at: place, &report)
        }
    }
}

extension TransferStep {
    /// The step in one word.
    var name: String {
        switch self {
        case .offer(_, anew: false): "offer"
        case .offer(_, anew: true): "offer-anew"
        case .request: "request"
        case .release: "release"
        case .activate: "activate"
        case .receipt: "receipt"
        case .settle: "settle"
        case .decline: "decline"
        case .reclaim: "reclaim"
        case .cancel: "cancel"
        case .close: "close"
        case .show: "show"
        }
    }
}
