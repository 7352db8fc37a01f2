import Licensing
import TransferCodes
import Vaults

/// Moving one key between two places that are both at hand: the steps of a transfer back to back.
///
/// Each step is idempotent, so a move that was cut off anywhere is taken up by doing it again.
struct KeyMove: Sendable {
    let source: Place
    let target: Place
    /// Has a place do a step.
    let perform: @Sendable (TransferStep, Place) async throws -> TransferAnswer

    /// The transfers of keys that have left the source for the target and are not closed yet.
    func begun() async throws -> [TransferSummary] {
        let released = try await source.transfers().filter { $0.standing == .source(.released) }
        guard !released.isEmpty else { return [] }
        let expected = try await target.transfers().filter {
            $0.standing == .target(.open) || $0.standing == .target(.active)
        }
        return released.filter { transfer in
            // Two requests for one start code have one name, and the fingerprint tells them apart.
            expected.contains { $0.identifier == transfer.identifier && $0.fingerprint == transfer.fingerprint }
        }
    }

    /// Moves a key that the source holds.
    func move(_ key: HeldKey) async throws -> TransferAnswer {
        let offer = try await perform(.offer(key.number, anew: false), source)
        guard case .start(let start)? = offer.code else { throw Self.noCode(source) }
        let request = try await request(key.certificate, start.offerSecret, answering: offer)
        guard case .request(let code)? = request.code else { throw Self.noCode(target) }
        _ = try await perform(.release(code), source)
        return try await finish(offer.transfer.identifier)
    }

    /// Has the target ask for the key. Where it refuses, the offer that was made for it alone is withdrawn again, so that
    /// nothing is left of a move that can't be.
    private func request(
        _ certificate: Certificate, _ offerSecret: [UInt8], answering offer: TransferAnswer
    ) async throws -> TransferAnswer {
        do {
            return try await perform(.request(certificate, offerSecret: offerSecret), target)
        } catch {
            // Where it was cut off the request may have been made all the same; then the next attempt answers it.
            if !Self.isCutOff(by: error), !offer.isRepeat {
                _ = try? await perform(.cancel(offer.transfer.identifier), source)
            }
            throw error
        }
    }

    /// Whether a move that ended so was cut off, and not refused: the same move, tried again, may well succeed.
    static func isCutOff(by error: any Error) -> Bool {
        switch (error as? LicenceError)?.code {
        case .donglePulled, .dongleSilent, .dongleGarbled, .storeFailed: true
        default: false
        }
    }

    /// Does what is left to do once the key has left the source.
    func finish(_ transfer: TransferIdentifier) async throws -> TransferAnswer {
        let released = try await perform(.show(transfer), source)
        guard case .activation(let activation)? = released.code else { throw Self.noCode(source) }
        let activated = try await perform(.activate(activation), target)
        let receipt = try await perform(.receipt(transfer), target)
        guard case .receipt(let code)? = receipt.code else { throw Self.noCode(target) }
        _ = try await perform(.settle(code), source)
        return activated
    }

    /// A step that has to make a code made none, which no vault does.
    private static func noCode(_ place: Place) -> LicenceError {
        let reason = "a step gave no code"
        return switch place.location {
        case .local: LicenceError(.storeUnsafe, [.path: place.location.description, .reason: reason])
        case .usb(let serial): LicenceError(.dongleGarbled, [.serial: serial.description, .reason: reason])
        }
    }
}
