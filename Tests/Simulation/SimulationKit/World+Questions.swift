import Licensing
import TestKit
import TransferCodes
import Vaults

/// What is asked of a vault without anything changing.
extension World {
    /// Reads from the outside what a vault says of itself.
    func list(_ place: Place, _ action: Action) throws {
        let outside = try place.outside
        let status = try outside.status()
        guard try outside.keys() == place.view.keys, try outside.transfers() == place.view.transfers,
            status.stateCounter == place.view.stateCounter, (status.lockedReason != nil) == place.view.isLocked,
            status.capacity == place.view.capacity
        else { throw Fault("place \(action.place) lists from the outside what it has not within") }
        note("listed")
    }

    /// Has a key proved, and checks the proof as an application does. A LOCKED vault proves nothing.
    ///
    /// - Returns: whether the key is there.
    func prove(_ key: Int, at place: Place) throws -> Bool {
        guard keys.indices.contains(key), place.view.keys.contains(where: { $0.number == keys[key].number }),
            let application = AgreementKey(Secret([UInt8](repeating: 7, count: 32)))
        else { return false }
        let certificate = keys[key].certificate
        let challenge = try ProofChallenge(
            nonce: [UInt8](1...32), point: application.point.bytes, lease: [UInt8](1...16))
        let expected = try ProofAnswer(
            application, with: certificate.publicKey, certificate: certificate, nonce: challenge.nonce,
            lease: challenge.lease)
        let outside = try place.outside
        let proof: ProofAnswer
        do throws(LicenceError) {
            proof = try outside.prove(certificate.number, challenge)
        } catch {
            guard place.view.isLocked, error.code == .vaultLocked else { throw error }
            note("LOCKED")
            return true
        }
        guard !place.view.isLocked else { throw Fault("a LOCKED place proves key \(key)") }
        guard proof == expected else { throw Fault("the proof of key \(key) is wrong") }
        report.count("prove")
        note("proved")
        return true
    }

    /// What is wrong with an answer: it has to be about what was asked, and a code that nothing happened to has to be taken
    /// for the one that it is, by both sides alike. Nil where nothing is.
    func objection(to answer: TransferAnswer, of step: TransferStep, _ action: Action) -> String? {
        let transfer = answer.transfer
        switch step {
        case .offer(let licence, let anew):
            if transfer.certificate.number != licence { return "offers another key" }
            if anew, answer.isRepeat { return "makes no new offer" }
        case .request(let certificate, let secret):
            if transfer.identifier != TransferIdentifier(certificate: certificate, secret: secret) {
                return "requests another key"
            }
        case .decline(let asked), .cancel(let asked), .close(let asked), .receipt(let asked), .show(let asked):
            if transfer.identifier != asked { return "answers for another transfer" }
        case .release, .activate, .settle, .reclaim: break
        }
        guard case .load(let number, .whole) = action.deed, let shown = shown[number] else { return nil }
        if transfer.identifier != shown.transfer { return "takes a code for that of another transfer" }
        if shown.code.kind != .start, transfer.fingerprint != shown.fingerprint {
            return "takes a code for the answer to another request"
        }
        return nil
    }

    /// Whatever changed, the state counter went up with it and the history tells of it, wherever a step was cut off; and
    /// nothing else is told.
    ///
    /// - Throws: ``Fault``.
    func checkTheCourse(from old: Place.View, to new: Place.View, at index: Int) throws {
        // What was withheld and is not any more is no news.
        let hasMoved = old.keys != new.keys || old.transfers.map(\.course) != new.transfers.map(\.course)
        guard hasMoved ? new.stateCounter > old.stateCounter : new.stateCounter >= old.stateCounter else {
            throw Fault("place \(index) changed, and its state counter did not go up")
        }
        guard hasMoved == (old.history.count < new.history.count) else {
            throw Fault("place \(index) changed, and its history \(hasMoved ? "does not tell of it" : "tells of more")")
        }
    }
}

extension TransferSummary {
    /// Which transfer it is and where it stands.
    fileprivate struct Course: Equatable {
        let identifier: TransferIdentifier
        let standing: Standing
        let changed: Timestamp
        let fingerprint: Fingerprint?
    }

    fileprivate var course: Course {
        Course(identifier: identifier, standing: standing, changed: changed, fingerprint: fingerprint)
    }
}

extension TransferStep {
    /// What the history calls it; nil for what changes nothing.
    var event: HistoryEntry.Event? {
        switch self {
        case .offer: .offered
        case .request: .requested
        case .release: .released
        case .activate: .activated
        case .settle: .settled
        case .close: .closed
        case .decline: .declined
        case .reclaim: .returned
        case .cancel: .withdrawn
        case .receipt, .show: nil
        }
    }
}
