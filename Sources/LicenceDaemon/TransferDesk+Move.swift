import Control
import Licensing
import Vaults

/// Moving a key between two places of this machine. The daemon never takes up a move by itself: `move`, given again, does.
extension TransferDesk {
    /// Moves a key to `location`, or goes on with a move that was begun.
    func move(
        _ key: String, to location: String, evenIfInUse: Bool, by user: UInt32
    ) async throws -> StepEntry {
        let target = try await mounts.place(at: Location(location))
        for source in await mounts.places where source !== target {
            let move = keyMove(from: source, to: target, by: user)
            if let transfer = try await move.begun({ $0.begins(with: key) }) {
                return StepEntry(moved: try await move.finish(transfer), to: target.location)
            }
        }
        let found = try await keys(beginning: key)
        guard found.place !== target else {
            throw LicenceError(
                .keyAlreadyHere, [.licence: found.key.number.description, .location: target.location.description])
        }
        try TargetPolicy(vendors: vendors.vendors(), today: clock()).check(found.key.certificate)
        return try await whileLeaving(found.key.number, evenIfInUse: evenIfInUse) {
            StepEntry(
                moved: try await keyMove(from: found.place, to: target, by: user).move(found.key), to: target.location)
        }
    }

    private func keyMove(from source: Place, to target: Place, by user: UInt32) -> KeyMove {
        KeyMove(source: source, target: target) { step, place in try await answer(to: step, at: place, by: user) }
    }
}

extension StepEntry {
    /// A move that is done: no code is left to carry, and nothing to do.
    fileprivate init(moved answer: TransferAnswer, to location: Location) {
        self.init(
            TransferAnswer(transfer: answer.transfer, code: nil, isRepeat: answer.isRepeat), at: location, next: "",
            repairs: [])
    }
}
