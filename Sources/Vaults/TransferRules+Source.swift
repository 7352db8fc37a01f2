import Licensing
import TransferCodes

/// The steps of the side that gives a key away.
extension TransferRules {
    /// How many request codes that answer no offer withdraw the offers made before them: 35 bits of authenticator, tried
    /// 1,000 times, let one wrong request in 34 million attacks pass.
    static var toleratedWrongRequests: UInt32 { 1000 }

    func offer(_ licence: LicenceNumber, anew: Bool) throws(LicenceError) -> TransferPlan {
        guard let key = try vault.keys().first(where: { $0.number == licence }) else {
            throw try absence(of: licence)
        }
        let open = try vault.outgoing().first { $0.certificate.number == licence && $0.state == .offered }
        if let open, !anew {
            return .again(open.summary, .start(try startCode(of: open)))
        }
        var changes = open.map { [Change.withdraw($0.identifier, at: occasion.now)] } ?? []
        // The record that was just withdrawn is room enough only once it is forgotten, and it must not be forgotten at
        // once: its request may be on its way.
        changes += try roomForRecord()
        let transfer = OutgoingTransfer(
            certificate: key.certificate, offerSecret: try freshSecret(for: key.certificate), state: .offered,
            begun: occasion.now, changed: occasion.now, wrongRequestsBefore: try vault.wrongRequests(), release: nil)
        return TransferPlan(
            changes: changes + [.insertOutgoing(transfer)],
            history: (open.map { [entry(.withdrawn, licence, $0.identifier)] } ?? [])
                + [entry(.offered, licence, transfer.identifier)],
            outcome: .success(
                TransferAnswer(
                    transfer: transfer.summary, code: .start(try startCode(of: transfer)), isRepeat: false)))
    }

    /// A start code's secret whose transfer has a name that no other transfer of this vault has.
    private func freshSecret(for certificate: Certificate) throws(LicenceError) -> [UInt8] {
        let taken = Set(try vault.outgoing().map(\.identifier) + vault.incoming().map(\.identifier))
        while true {
            let secret = random(OutgoingTransfer.secretSize)
            if !taken.contains(TransferIdentifier(certificate: certificate, secret: secret)) { return secret }
        }
    }

    func release(_ request: RequestCode) throws(LicenceError) -> TransferPlan {
        // Flags say what a later release asks of its source. What this one can't honour it does not release to.
        guard request.flags == 0 else { throw LicenceError(.requestTooNew) }
        let point = try acceptedPoint(of: request)
        guard let offer = try answered(by: request) else { return try countWrongRequest() }
        switch offer.state.after(.release) {
        case .stands where offer.release?.point == point:
            return .again(offer.summary, .activation(try activationCode(of: offer)))
        case .stands: throw refusal(.releasedToAnother, offer.summary)
        case .refused(let code):
            throw refusal(offer.release.map { $0.point != point } == true ? .releasedToAnother : code, offer.summary)
        case .moves(let state):
            return try release(offer, to: point, request.header, state)
        }
    }

    private func release(
        _ offer: OutgoingTransfer, to point: CurvePoint, _ header: CodeHeader, _ state: OutgoingState
    ) throws(LicenceError) -> TransferPlan {
        let licence = offer.certificate.number
        let seed = try vault.seed(of: licence)
        let exchange: TransferExchange
        do {
            exchange = try TransferExchange(
                seed.agreementKey, with: point, certificate: offer.certificate, offerSecret: offer.offerSecret,
                requestHeader: header, point: point)
        } catch {
            throw pointRefused(error)
        }
        guard let activation = exchange.activationKey.combined(with: seed.secret.bytes),
            let escrow = exchange.returnKey.combined(with: seed.secret.bytes)
        else { throw unreadable("a seed has a wrong size") }
        let release = OutgoingTransfer.Release(
            point: point, activation: activation, tag: exchange.tag,
            receiptDigest: TransferExchange.digest(exchange.receipt))
        var released = offer
        released.state = state
        released.changed = occasion.now
        released.release = release
        return TransferPlan(
            changes: [
                .eraseKey(licence),
                .release(offer.identifier, release, escrow: Secret(escrow), at: occasion.now),
            ],
            history: [entry(.released, licence, offer.identifier)],
            outcome: .success(
                TransferAnswer(
                    transfer: released.summary, code: .activation(try activationCode(of: released)), isRepeat: false)))
    }

    func settle(_ code: ReceiptCode) throws(LicenceError) -> TransferPlan {
        guard let transfer = try awaiting(code) else { throw LicenceError(.receiptUnknown) }
        return try settle(transfer, event: .settled)
    }

    func close(_ identifier: TransferIdentifier) throws(LicenceError) -> TransferPlan {
        try settle(try outgoing(identifier), event: .closed)
    }

    /// The transfer goes on the same way with a receipt and without one. Only the history keeps apart what was shown from
    /// what somebody said.
    private func settle(
        _ transfer: OutgoingTransfer, event: HistoryEntry.Event
    ) throws(LicenceError) -> TransferPlan {
        try end(transfer, by: .settle, change: .settle(transfer.identifier, at: occasion.now), event: event)
    }

    func cancel(_ identifier: TransferIdentifier) throws(LicenceError) -> TransferPlan {
        try end(
            try outgoing(identifier), by: .cancel, change: .withdraw(identifier, at: occasion.now), event: .withdrawn)
    }

    func reclaim(_ code: ReturnCode) throws(LicenceError) -> TransferPlan {
        guard let transfer = try answered(by: code) else { throw try unanswered(code) }
        guard case .moves = transfer.state.after(.reclaim) else { return .again(transfer.summary, nil) }
        guard let seed = try seed(of: transfer, with: code) else { throw LicenceError(.returnUnknown) }
        try requireAbsent(transfer.certificate.number)
        try requireRoomForKey()
        let key = HeldKey(certificate: transfer.certificate, since: occasion.now)
        return try end(
            transfer, by: .reclaim,
            change: .takeBack(
                transfer.identifier, returnDigest: TransferExchange.digest(code.returnKey), at: occasion.now),
            event: .returned, alongside: [.insertKey(key, seed)])
    }

    /// The start code of an offer; made anew each time of what is stored, and always the same.
    func startCode(of offer: OutgoingTransfer) throws(LicenceError) -> StartCode {
        try made { () throws(CodeError) in
            try StartCode(offerSecret: offer.offerSecret, certificate: offer.certificate.bytes)
        }
    }

    /// The activation code of a released transfer, as it was stored.
    ///
    /// - Throws: `codeWithheld` where somebody kept the store's old anchor.
    func activationCode(of transfer: OutgoingTransfer) throws(LicenceError) -> ActivationCode {
        guard let release = transfer.release, let activation = release.activation else {
            throw refusal(.transferClosed, transfer.summary)
        }
        guard !release.isWithheld else { throw refusal(.codeWithheld, transfer.summary) }
        return try made { () throws(CodeError) in
            try ActivationCode(maskedSeed: activation, tag: release.tag)
        }
    }

    // MARK: - Which transfer a code belongs to

    /// The offer whose secret verifies the request's authenticator.
    func answered(by request: RequestCode) throws(LicenceError) -> OutgoingTransfer? {
        try vault.outgoing().first { offer in
            TransferExchange.requestAuthenticator(
                header: request.header, certificate: offer.certificate, offerSecret: offer.offerSecret,
                point: request.point) == request.mac
        }
    }

    /// The transfer that the return code takes back, or took back before.
    func answered(by code: ReturnCode) throws(LicenceError) -> OutgoingTransfer? {
        let digest = TransferExchange.digest(code.returnKey)
        for transfer in try vault.outgoing() {
            if transfer.release?.returnDigest == digest { return transfer }
            if try seed(of: transfer, with: code) != nil { return transfer }
        }
        return nil
    }

    /// The transfer that the receipt settles, or settled before.
    func awaiting(_ code: ReceiptCode) throws(LicenceError) -> OutgoingTransfer? {
        let digest = TransferExchange.digest(code.receipt)
        return try vault.outgoing().first { $0.release?.receiptDigest == digest }
    }

    /// The seed that the return code opens, if it is this transfer's: the one whose public half the vendor signed.
    private func seed(of transfer: OutgoingTransfer, with code: ReturnCode) throws(LicenceError) -> Seed? {
        guard transfer.state == .released, transfer.release?.tag == code.tag,
            let bytes = try vault.escrow(of: transfer.identifier).combined(with: code.returnKey),
            let seed = Seed(bytes), seed.agreementKey.point == transfer.certificate.publicKey
        else { return nil }
        return seed
    }

    // MARK: - Refusals

    private func absence(of licence: LicenceNumber) throws(LicenceError) -> LicenceError {
        let left = try vault.outgoing().last { $0.certificate.number == licence && $0.state == .released }
        return left.map { refusal(.keyReleased, $0.summary) }
            ?? LicenceError(.noSuchKey, [.licence: licence.description])
    }

    private func acceptedPoint(of request: RequestCode) throws(LicenceError) -> CurvePoint {
        do {
            return try CurvePoint(request.point)
        } catch {
            throw pointRefused(error)
        }
    }

    private func pointRefused(_ refusal: CurvePoint.Refusal) -> LicenceError {
        LicenceError(
            .requestPointRefused, [.reason: refusal == .lowOrder ? "it is of low order" : "it is not canonical"])
    }

    /// Counts a request that answers nothing, and withdraws the offers that have seen too many of them.
    private func countWrongRequest() throws(LicenceError) -> TransferPlan {
        let offers = try vault.outgoing().filter { $0.state == .offered }
        let counted = try vault.wrongRequests() &+ 1
        let guessed = offers.filter { counted &- $0.wrongRequestsBefore >= Self.toleratedWrongRequests }
        return TransferPlan(
            changes: offers.isEmpty
                ? [] : [.countWrongRequest] + guessed.map { .withdraw($0.identifier, at: occasion.now) },
            history: guessed.map { entry(.guessed, $0.certificate.number, $0.identifier) },
            outcome: .failure(
                guessed.first.map { refusal(.offerGuessed, $0.summary) } ?? LicenceError(.requestUnknown)))
    }

    private func unanswered(_ code: ReturnCode) throws(LicenceError) -> LicenceError {
        let outgoing = try vault.outgoing()
        // The request may still be released here, so the code has to be kept: a tag alone, which one code in 4,096 shares
        // with any closed transfer, must not have somebody throw it away.
        if outgoing.contains(where: { $0.state == .offered }) { return LicenceError(.nothingToTakeBack) }
        if let closed = outgoing.first(where: { $0.release?.tag == code.tag && $0.state != .released }) {
            return refusal(.transferClosed, closed.summary)
        }
        let waits = outgoing.contains { $0.state == .withdrawn }
        return LicenceError(waits ? .nothingToTakeBack : .returnUnknown)
    }

    /// A step that ends a transfer at its source, or finds it ended so already.
    private func end(
        _ transfer: OutgoingTransfer, by event: OutgoingState.Event, change: Change, event told: HistoryEntry.Event,
        alongside others: [Change] = []
    ) throws(LicenceError) -> TransferPlan {
        switch transfer.state.after(event) {
        case .stands: return .again(transfer.summary, nil)
        case .refused(let code): throw refusal(code, transfer.summary)
        case .moves(let state):
            var ended = transfer
            ended.state = state
            ended.changed = occasion.now
            return TransferPlan(
                changes: others + [change],
                history: [entry(told, transfer.certificate.number, transfer.identifier)],
                outcome: .success(TransferAnswer(transfer: ended.summary, code: nil, isRepeat: false)))
        }
    }
}
