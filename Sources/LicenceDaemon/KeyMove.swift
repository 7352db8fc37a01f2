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

    /// The transfer of a key that has left the source for the target and is not closed yet.
    ///
    /// - Parameter matches: which key is meant.
    func begun(_ matches: (LicenceNumber) -> Bool) async throws -> TransferIdentifier? {
        let released = try await source.transfers().filter {
            $0.standing == .source(.released) && matches($0.certificate.number)
        }
        let expected = try await target.transfers().filter {
            $0.standing == .target(.open) || $0.standing == .target(.active)
        }
        return released.first { transfer in expected.contains { $0.identifier == transfer.identifier } }?.identifier
    }

    /// Moves a key that the source holds.
    func move(_ key: HeldKey) async throws -> TransferAnswer {
        let offer = try await perform(.offer(key.number, anew: false), source)
        guard case .start(let start)? = offer.code else { throw Self.noCode }
        let request = try await perform(.request(key.certificate, offerSecret: start.offerSecret), target)
        guard case .request(let code)? = request.code else { throw Self.noCode }
        _ = try await perform(.release(code), source)
        return try await finish(offer.transfer.identifier)
    }

    /// Does what is left to do once the key has left the source.
    func finish(_ transfer: TransferIdentifier) async throws -> TransferAnswer {
        let released = try await perform(.show(transfer), source)
        guard case .activation(let activation)? = released.code else { throw Self.noCode }
        let activated = try await perform(.activate(activation), target)
        let receipt = try await perform(.receipt(transfer), target)
        guard case .receipt(let code)? = receipt.code else { throw Self.noCode }
        _ = try await perform(.settle(code), source)
        return activated
    }

    private static let noCode = LicenceError(.storeFailed, [.location: "a place", .detail: "a step gave no code"])
}
