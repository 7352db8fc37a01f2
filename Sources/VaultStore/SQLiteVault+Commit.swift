import CLinux
import GRDB
package import Licensing
package import Vaults

extension SQLiteVault {
    /// Plans and makes a change in one transaction, with a rotation of the anchor around it where something is given up.
    func commit<Answer>(
        _ plan: (VaultContents) throws(LicenceError) -> Plan<Answer>
    ) throws(LicenceError) -> Answer {
        // Secrets were computed with, and what they leave in a heap is erased as it is given back.
        defer { clinux_overwrite_stack() }
        guard let key = hold.key else { return try answerLocked(plan) }
        try settleKeptAnchor()
        defer { cache.empty() }
        let (planned, rotation) = try writeRotating { database, begin in
            let contents = self.contents(database)
            let planned = try plan(contents)
            guard !planned.changes.isEmpty else { return planned }
            try VaultWriter(database: database, key: key, path: directory.path)
                .apply(planned.changes, history: planned.history)
            if planned.givesUpSomething { try begin(try destructibleAnchor(), key) }
            return planned
        }
        guard let rotation else { return try planned.outcome.get() }
        let isDone = try finish(rotation)
        let answer = try planned.outcome.get()
        guard isDone else { throw withheld(answer) }
        return answer
    }

    /// Reads and changes in one transaction, within which a rotation of the anchor may begin.
    ///
    /// A transaction that is given up takes its new anchor with it; only after `storeFailed` nobody knows whether it was
    /// given up, and the next opening sees to it.
    ///
    /// - Parameter body: gets what begins a rotation: from an anchor, and from the key under which everything is sealed.
    func writeRotating<Value>(
        _ body: (Database, _ begin: (PlaceAnchor, StoreKey) throws -> Void) throws -> Value
    ) throws(LicenceError) -> (Value, AnchorRotation?) {
        var begun: AnchorRotation?
        do throws(LicenceError) {
            let value = try database.write { database in
                try body(database) { anchor, key in
                    let rotation = try AnchorRotation(from: anchor, in: directory, machine: machine)
                    begun = rotation
                    try rotation.write(to: database, from: key)
                }
            }
            return (value, begun)
        } catch {
            if error.code != .storeFailed, let made = begun?.made {
                _ = try database.use { try made.destroy(in: directory.descriptor) }
            }
            throw error
        }
    }

    /// A LOCKED vault shows what may still be shown, and changes nothing.
    private func answerLocked<Answer>(
        _ plan: (VaultContents) throws(LicenceError) -> Plan<Answer>
    ) throws(LicenceError) -> Answer {
        let planned = try database.read { try plan(self.contents($0)) }
        guard planned.changes.isEmpty else {
            throw LicenceError(
                .vaultLocked, [.location: description.location.description, .reason: hold.lockedReason])
        }
        return try planned.outcome.get()
    }

    /// The anchor that a release is about to replace. What could not be finished afterwards is refused here, while the
    /// transaction, and with it the key's leaving, can still be given up.
    ///
    /// - Throws: `anchorKept`.
    private func destructibleAnchor() throws -> PlaceAnchor {
        guard case .held(let anchor, _) = hold, try anchor.isDestructible() else { throw anchorKept }
        return anchor
    }

    /// That somebody keeps an anchor. What this process still sees is gone once it is removed; what it never saw only an
    /// administrator can vouch for.
    var anchorKept: LicenceError {
        let variant: LicenceError.Variant? =
            switch hold {
            case .held, .locked: .current
            case .keptByOthers(_, _, let kept): kept == nil ? .unseen : nil
            }
        return LicenceError(.anchorKept, variant, [.path: directory.path])
    }

    /// After the commit point: destroys the replaced anchor and drops its wrapping.
    ///
    /// - Returns: whether nothing is left of it, so that the code may be shown.
    func finish(_ rotation: AnchorRotation) throws(LicenceError) -> Bool {
        hold = .held(rotation.made, rotation.made.storeKey)
        cache.empty()
        let destruction = try database.use { try rotation.replaced.destroy(in: directory.descriptor) }
        switch destruction {
        case .done, .absent:
            try database.write { try AnchorTable(database: $0).finish() }
            return true
        case .keptDirectory, .keptFile:
            let role: AnchorTable.Role = destruction == .keptDirectory ? .keptDirectory : .keptFile
            try database.write { try AnchorTable(database: $0).keep(rotation.replaced.record, as: role) }
            hold = .keptByOthers(rotation.made, rotation.made.storeKey, kept: rotation.replaced)
            return false
        }
    }

    /// Looks whether what somebody kept is gone by now; the codes withheld for its sake may then be shown.
    private func settleKeptAnchor() throws(LicenceError) {
        guard case .keptByOthers(let anchor, let key, let kept?) = hold else { return }
        guard try database.use({ try kept.isGone() }) else { return }
        try forgetKeptAnchor(anchor, key, vouchedOn: nil)
    }

    /// An administrator vouches that the directory which somebody kept is gone, though this process can't see it: the
    /// codes withheld for its sake may be shown, and keys may leave again. Nothing happens where nobody keeps one.
    ///
    /// The history tells of each transfer that it was for: what this process sees for itself needs nobody's word and is
    /// not told, but here a copy of the store may be left that can use a key, and one person said that there is none. Where
    /// no code is withheld any more, there is no transfer to tell it of.
    ///
    /// - Throws: `storeFailed`.
    package func forgetKeptAnchor(on occasion: Occasion) throws(LicenceError) {
        guard case .keptByOthers(let anchor, let key, _) = hold else { return }
        // Whoever removed it may not have waited for the disk.
        try database.use { try directory.descriptor.syncFileSystem() }
        try forgetKeptAnchor(anchor, key, vouchedOn: occasion)
    }

    /// - Parameter occasion: when and by whom it was vouched for; nil where this process saw it.
    private func forgetKeptAnchor(
        _ anchor: PlaceAnchor, _ key: StoreKey, vouchedOn occasion: Occasion?
    ) throws(LicenceError) {
        try database.write { database in
            if let occasion {
                let contents = self.contents(database)
                let known = try contents.outgoing().map(\.summary) + contents.incoming().map(\.summary)
                let history = known.filter(\.isWithheld).map {
                    HistoryEntry(
                        event: .vouched, licence: $0.certificate.number, transfer: $0.identifier, occasion: occasion)
                }
                try VaultWriter(database: database, key: key, path: directory.path).apply([], history: history)
            }
            try AnchorTable(database: database).finish()
        }
        cache.empty()
        hold = .held(anchor, key)
    }

    private func withheld<Answer>(_ answer: Answer) -> LicenceError {
        let transfer = (answer as? TransferAnswer)?.transfer
        let isTarget = if case .target? = transfer?.standing { true } else { false }
        return LicenceError(
            isTarget ? .returnWithheld : .codeWithheld,
            [
                .transfer: transfer?.identifier.description, .licence: transfer?.certificate.number.description,
                .product: transfer?.certificate.terms.product, .location: description.location.description,
            ])
    }
}
