package import Licensing
import TransferCodes

/// The rules of the transfer, as a function from what a vault holds and what it is asked to what it will do.
///
/// They read, compute and decide; they change nothing. Every kind of vault follows the same ones.
package struct TransferRules<Contents: VaultReading> {
    /// The vault as it stands.
    let vault: Contents
    /// When and by whom.
    let occasion: Occasion
    /// Gives as many bytes from a cryptographic random source as asked for.
    let random: RandomBytes

    /// - Parameter random: used for the secrets of offers and requests, and for nothing else.
    package init(_ vault: Contents, on occasion: Occasion, random: @escaping RandomBytes) {
        self.vault = vault
        self.occasion = occasion
        self.random = random
    }

    /// What `step` does.
    ///
    /// - Throws: the refusals that change nothing.
    package func plan(_ step: TransferStep) throws(LicenceError) -> TransferPlan {
        let plan =
            switch step {
            case .offer(let licence, let anew): try offer(licence, anew: anew)
            case .request(let certificate, let offerSecret): try request(certificate, offerSecret)
            case .release(let code): try release(code)
            case .activate(let code): try activate(code)
            case .receipt(let transfer): try receipt(transfer)
            case .settle(let code): try settle(code)
            case .decline(let transfer): try decline(transfer)
            case .reclaim(let code): try reclaim(code)
            case .cancel(let transfer): try cancel(transfer)
            case .close(let transfer): try close(transfer)
            case .show(let transfer): try show(transfer)
            }
        if let reason = vault.lockedReason, !isAllowedWhenLocked(plan) {
            throw LicenceError(.vaultLocked, [.location: vault.location.description, .reason: reason])
        }
        return plan
    }

    /// A LOCKED vault shows activation and receipt codes again, which open nothing but what they were made for, and does
    /// nothing else.
    private func isAllowedWhenLocked(_ plan: TransferPlan) -> Bool {
        guard plan.changes.isEmpty, case .success(let answer) = plan.outcome else { return false }
        return answer.code?.kind == .activation || answer.code?.kind == .receipt
    }

    // MARK: - What several steps need

    func entry(
        _ event: HistoryEntry.Event, _ licence: LicenceNumber, _ transfer: TransferIdentifier
    ) -> HistoryEntry {
        HistoryEntry(event: event, licence: licence, transfer: transfer, occasion: occasion)
    }

    /// What makes room for one more record: nothing, or forgetting the finished one that changed longest ago.
    ///
    /// - Throws: `recordsFull` where every record may still be needed.
    func roomForRecord() throws(LicenceError) -> [Change] {
        let (outgoing, incoming) = (try vault.outgoing(), try vault.incoming())
        guard outgoing.count + incoming.count >= Int(clamping: vault.capacity.records) else { return [] }
        let finished =
            outgoing.filter(\.state.isFinished).map { ($0.changed, Change.forgetOutgoing($0.identifier)) }
            + incoming.filter(\.state.isFinished).map { ($0.changed, Change.forgetIncoming($0.identifier)) }
        guard let oldest = finished.min(by: { $0.0 < $1.0 }) else {
            throw LicenceError(
                .recordsFull,
                [.location: vault.location.description, .capacity: "\(vault.capacity.records) transfers"])
        }
        return [oldest.1]
    }

    /// Makes sure that one more key has room beside those that are held or expected.
    ///
    /// - Throws: `vaultFull`.
    func requireRoomForKey() throws(LicenceError) {
        let expected = try vault.incoming().count { $0.state == .open }
        guard try vault.keys().count + expected < Int(clamping: vault.capacity.keys) else {
            throw LicenceError(
                .vaultFull,
                [
                    .location: vault.location.description,
                    .capacity: vault.capacity.keys == 1 ? "1 key" : "\(vault.capacity.keys) keys",
                ])
        }
    }

    /// - Throws: `keyAlreadyHere` where a key of that number is held.
    func requireAbsent(_ licence: LicenceNumber) throws(LicenceError) {
        if try vault.keys().contains(where: { $0.number == licence }) {
            throw LicenceError(
                .keyAlreadyHere, [.licence: licence.description, .location: vault.location.description])
        }
    }

    func outgoing(_ transfer: TransferIdentifier) throws(LicenceError) -> OutgoingTransfer {
        guard let found = try vault.outgoing().first(where: { $0.identifier == transfer }) else {
            throw unknown(transfer)
        }
        return found
    }

    func incoming(_ transfer: TransferIdentifier) throws(LicenceError) -> IncomingTransfer {
        guard let found = try vault.incoming().first(where: { $0.identifier == transfer }) else {
            throw unknown(transfer)
        }
        return found
    }

    func unknown(_ transfer: TransferIdentifier) -> LicenceError {
        LicenceError(.noSuchTransfer, [.transfer: transfer.description])
    }

    /// The refusal of a step for which the vault holds what no rule put there.
    func unreadable(_ reason: String) -> LicenceError {
        LicenceError(.storeUnsafe, [.path: vault.location.description, .reason: reason])
    }

    /// The refusal of a step on a transfer, with everything a person may want to know of it.
    func refusal(_ code: LicenceError.Code, _ transfer: TransferSummary) -> LicenceError {
        LicenceError(
            code,
            [
                .transfer: transfer.identifier.description,
                .licence: transfer.certificate.number.description,
                .product: transfer.certificate.terms.product,
                .location: vault.location.description,
                .since: transfer.changed.description,
                .detail: transfer.stateName,
            ])
    }
}

/// Gives as many random bytes as asked for.
package typealias RandomBytes = (Int) -> [UInt8]

/// Makes a code of fields that the rules computed themselves; their sizes are right by construction.
///
/// - Throws: `codeMalformed` where they are not.
func made<Code>(_ body: () throws(CodeError) -> Code) throws(LicenceError) -> Code {
    do {
        return try body()
    } catch {
        throw LicenceError(.codeMalformed, [.reason: error.message, .command: error.hint])
    }
}
