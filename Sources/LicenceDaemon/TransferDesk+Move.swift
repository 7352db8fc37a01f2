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
        if let (move, transfer) = try await begunMove(of: key, to: target, by: user) {
            let answer = try await move.finish(transfer.identifier)
            // Where only the books were left to be closed, the key may be in a third place by now, and moves from there.
            if try await target.keys().contains(where: { $0.certificate == transfer.certificate }) {
                return StepEntry(moved: answer, to: target.location)
            }
        }
        let found = try await keys(beginning: key)
        guard found.place !== target else { return try await arrived(found.key, in: target) }
        try TargetPolicy(vendors: vendors.vendors(), today: clock()).check(found.key.certificate)
        return try await whileLeaving(found.key.number, at: found.place, evenIfInUse: evenIfInUse) {
            StepEntry(moved: try await move(found.key, from: found.place, to: target, by: user), to: target.location)
        }
    }

    /// Moves a key, and remembers where to for as long as the move can be gone on with.
    private func move(
        _ key: HeldKey, from source: Place, to target: Place, by user: UInt32
    ) async throws -> TransferAnswer {
        await mounts.moveBegins(key.number, from: source.location, to: target.location)
        do {
            let answer = try await keyMove(from: source, to: target, by: user).move(key)
            await mounts.moveEnds(key.number)
            return answer
        } catch {
            if !KeyMove.isCutOff(by: error) { await mounts.moveEnds(key.number) }
            throw error
        }
    }

    /// The answer to a move of a key that is there already: that of the transfer which brought it, for the answer may have
    /// been lost on its way and the same command been given again.
    ///
    /// - Throws: `keyAlreadyHere` where no transfer brought it.
    private func arrived(_ key: HeldKey, in target: Place) async throws -> StepEntry {
        let arrival = try await target.transfers().last {
            $0.standing == .target(.active) && $0.certificate == key.certificate
        }
        guard let arrival else {
            throw LicenceError(
                .keyAlreadyHere, [.licence: key.number.description, .location: target.location.description])
        }
        return StepEntry(
            moved: TransferAnswer(transfer: arrival, code: nil, isRepeat: true), to: target.location)
    }

    /// The move to `target` that was begun and not finished, of the one key that is meant.
    ///
    /// - Throws: `keyAmbiguous` where the text is the beginning of another key's number too.
    private func begunMove(
        of text: String, to target: Place, by user: UInt32
    ) async throws -> (move: KeyMove, transfer: TransferSummary)? {
        var begun: [(move: KeyMove, transfer: TransferSummary)] = []
        for source in await mounts.places where source !== target {
            let move = keyMove(from: source, to: target, by: user)
            do {
                begun += try await move.begun().filter { $0.certificate.number.begins(with: text) }.map { (move, $0) }
            } catch let error as LicenceError {
                // Another dongle that does not answer is no reason against this move.
                guard source.location != .local, (try? await target.status()) != nil else { throw error }
            }
        }
        guard let first = begun.first else { return nil }
        let numbers =
            begun.map(\.transfer.certificate.number)
            + (try await heldKeys(beginning: text).found.map(\.key.number))
        guard Set(numbers).count == 1 else { throw LicenceError(.keyAmbiguous, [.licence: text]) }
        return first
    }

    private func keyMove(from source: Place, to target: Place, by user: UInt32) -> KeyMove {
        KeyMove(source: source, target: target) { step, place in try await answer(to: step, at: place, by: user) }
    }
}

extension StepEntry {
    /// A move that is done: no code is left to carry, and nothing to do.
    fileprivate init(moved answer: TransferAnswer, to location: Location) {
        self.init(
            TransferAnswer(transfer: answer.transfer, code: nil, isRepeat: answer.isRepeat),
            TransferEntry(answer.transfer, at: location, other: nil, present: [location]), repairs: [])
    }
}
