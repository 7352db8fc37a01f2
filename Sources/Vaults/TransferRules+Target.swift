import Licensing
import TransferCodes

/// The steps of the side that takes a key in.
extension TransferRules {
    func request(_ certificate: Certificate, _ offerSecret: [UInt8]) throws(LicenceError) -> TransferPlan {
        guard offerSecret.count == OutgoingTransfer.secretSize else {
            throw LicenceError(
                .codeMalformed,
                [
                    .reason: "a start code's secret has to have \(OutgoingTransfer.secretSize) bytes",
                    .command: "this is a fault of the software that passed it on; report it",
                ])
        }
        let identifier = TransferIdentifier(certificate: certificate, secret: offerSecret)
        let known = try vault.incoming()
        if let same = known.first(where: { $0.identifier == identifier }) {
            // A name has 30 bits: whoever makes start codes can make two of one name.
            guard same.certificate == certificate, same.offerSecret == offerSecret else {
                throw refusal(.transferNameTaken, same.summary)
            }
            guard case .refused(let code) = same.state.after(.requestAgain) else {
                return .again(same.summary, .request(try requestCode(of: same)))
            }
            throw refusal(code, same.summary)
        }
        try requireAbsent(certificate.number)
        if let own = try vault.outgoing().first(where: { $0.identifier == identifier }) {
            throw refusal(own.certificate == certificate ? .keyReleased : .transferNameTaken, own.summary)
        }
        if let open = known.first(where: { $0.certificate.number == certificate.number && $0.state == .open }) {
            throw refusal(.requestAlreadyOpen, open.summary)
        }
        try requireRoomForKey()
        let secret = Secret(random(32))
        guard let key = AgreementKey(secret) else {
            throw LicenceError(.storeFailed, [.location: vault.location.description, .detail: "the random source"])
        }
        let transfer = IncomingTransfer(
            certificate: certificate, offerSecret: offerSecret, point: key.point, state: .open, begun: occasion.now,
            changed: occasion.now)
        return TransferPlan(
            changes: try roomForRecord() + [.insertIncoming(transfer, secret)],
            history: [entry(.requested, certificate.number, identifier)],
            outcome: .success(
                TransferAnswer(
                    transfer: transfer.summary, code: .request(try requestCode(of: transfer)), isRepeat: false)))
    }

    func activate(_ code: ActivationCode) throws(LicenceError) -> TransferPlan {
        switch try match(code) {
        case .done(let transfer): return .again(transfer.summary, nil)
        case .opens(let transfer, let seed, let exchange): return try activate(transfer, seed, exchange, code)
        case .wrong(let transfer): throw refusal(.activationWrong, transfer.summary)
        case .declined(let transfer): throw refusal(.requestDeclined, transfer.summary)
        case .none: throw LicenceError(.activationForAnotherRequest)
        }
    }

    private func activate(
        _ transfer: IncomingTransfer, _ seed: Seed, _ exchange: TransferExchange, _ code: ActivationCode
    ) throws(LicenceError) -> TransferPlan {
        guard case .moves(let state) = transfer.state.after(.activate) else {
            throw refusal(.transferClosed, transfer.summary)
        }
        let licence = transfer.certificate.number
        try requireAbsent(licence)
        // The key was somewhere else before it came here, so whatever this vault once released of it has arrived. Only
        // of this very key: another vendor may have given the same number to a key that is still on its way.
        let older = try vault.outgoing().filter {
            $0.certificate == transfer.certificate && $0.state.after(.comeBack) == .moves(to: .settled)
        }
        var active = transfer
        active.state = state
        active.changed = occasion.now
        return TransferPlan(
            changes: [
                .insertKey(HeldKey(certificate: transfer.certificate, since: occasion.now), seed),
                .activate(
                    transfer.identifier, tag: exchange.tag, activationDigest: Self.digest(of: code),
                    receipt: exchange.receipt, at: occasion.now),
            ] + older.map { .settle($0.identifier, at: occasion.now) },
            history: [entry(.activated, licence, transfer.identifier)]
                + older.map { entry(.settled, licence, $0.identifier) },
            outcome: .success(TransferAnswer(transfer: active.summary, code: nil, isRepeat: false)))
    }

    func decline(_ identifier: TransferIdentifier) throws(LicenceError) -> TransferPlan {
        let transfer = try incoming(identifier)
        switch transfer.state.after(.decline) {
        case .stands: return .again(transfer.summary, .returning(try returnCode(of: transfer)))
        case .refused(let code): throw refusal(code, transfer.summary)
        case .moves(let state):
            let exchange = try exchange(of: transfer)
            var declined = transfer
            declined.state = state
            declined.changed = occasion.now
            let code = try made { () throws(CodeError) in
                try ReturnCode(returnKey: exchange.returnKey.bytes, tag: exchange.tag)
            }
            return TransferPlan(
                changes: [
                    .decline(identifier, tag: exchange.tag, returnKey: exchange.returnKey, at: occasion.now)
                ],
                history: [entry(.declined, transfer.certificate.number, identifier)],
                outcome: .success(
                    TransferAnswer(transfer: declined.summary, code: .returning(code), isRepeat: false)))
        }
    }

    func receipt(_ identifier: TransferIdentifier) throws(LicenceError) -> TransferPlan {
        let transfer = try incoming(identifier)
        if case .refused(let code) = transfer.state.after(.receipt) { throw refusal(code, transfer.summary) }
        return .again(transfer.summary, .receipt(try receiptCode(of: transfer)))
    }

    /// Either side: the code that this vault made last for the transfer.
    func show(_ identifier: TransferIdentifier) throws(LicenceError) -> TransferPlan {
        if let transfer = try vault.outgoing().first(where: { $0.identifier == identifier }) {
            let code: TransferCode =
                switch transfer.state {
                case .offered: .start(try startCode(of: transfer))
                case .released: .activation(try activationCode(of: transfer))
                case .withdrawn, .settled, .returned: throw refusal(.transferClosed, transfer.summary)
                }
            return .again(transfer.summary, code)
        }
        let transfer = try incoming(identifier)
        let code: TransferCode =
            switch transfer.state {
            case .open: .request(try requestCode(of: transfer))
            case .active: .receipt(try receiptCode(of: transfer))
            case .declined: .returning(try returnCode(of: transfer))
            }
        return .again(transfer.summary, code)
    }

    // MARK: - Codes of what is stored

    private func requestCode(of transfer: IncomingTransfer) throws(LicenceError) -> RequestCode {
        let header = try Self.requestHeader()
        let authenticator = TransferExchange.requestAuthenticator(
            header: header, certificate: transfer.certificate, offerSecret: transfer.offerSecret,
            point: transfer.point.bytes)
        return try made { () throws(CodeError) in
            try RequestCode(flags: header.flags, point: transfer.point.bytes, mac: authenticator)
        }
    }

    private func returnCode(of transfer: IncomingTransfer) throws(LicenceError) -> ReturnCode {
        guard !transfer.isWithheld else { throw refusal(.returnWithheld, transfer.summary) }
        let key = try vault.returnKey(of: transfer.identifier)
        return try made { () throws(CodeError) in
            try ReturnCode(returnKey: key.bytes, tag: transfer.tag ?? [])
        }
    }

    private func receiptCode(of transfer: IncomingTransfer) throws(LicenceError) -> ReceiptCode {
        try made { () throws(CodeError) in
            try ReceiptCode(receipt: transfer.receipt ?? [])
        }
    }

    /// The header of the requests that this release makes: version 1, no flags.
    private static func requestHeader() throws(LicenceError) -> CodeHeader {
        try made { () throws(CodeError) in
            try CodeHeader(.request)
        }
    }

    // MARK: - Which transfer an activation code belongs to

    /// What an activation code is to this vault.
    enum ActivationMatch {
        /// It made a key active before.
        case done(IncomingTransfer)
        /// It yields the key of an open request.
        case opens(IncomingTransfer, Seed, TransferExchange)
        /// It bears the tag of an open request and does not yield its key.
        case wrong(IncomingTransfer)
        /// It bears the tag of a request that was declined.
        case declined(IncomingTransfer)
        /// It answers nothing here.
        case none

        /// The transfer it is about, if any.
        var transfer: IncomingTransfer? {
            switch self {
            case .done(let transfer), .opens(let transfer, _, _), .wrong(let transfer), .declined(let transfer):
                transfer
            case .none: nil
            }
        }
    }

    func match(_ code: ActivationCode) throws(LicenceError) -> ActivationMatch {
        let incoming = try vault.incoming()
        let digest = Self.digest(of: code)
        if let done = incoming.first(where: { $0.activationDigest == digest }) { return .done(done) }
        var bearsTag: IncomingTransfer?
        for transfer in incoming where transfer.state == .open {
            let exchange = try exchange(of: transfer)
            guard exchange.tag == code.tag else { continue }
            if let bytes = exchange.activationKey.combined(with: code.maskedSeed), let seed = Seed(bytes),
                seed.agreementKey.point == transfer.certificate.publicKey
            {
                return .opens(transfer, seed, exchange)
            }
            bearsTag = transfer
        }
        if let bearsTag { return .wrong(bearsTag) }
        return incoming.first { $0.state == .declined && $0.tag == code.tag }.map { .declined($0) } ?? .none
    }

    private static func digest(of code: ActivationCode) -> [UInt8] {
        TransferExchange.digest(code.maskedSeed + code.tag)
    }

    private func exchange(of transfer: IncomingTransfer) throws(LicenceError) -> TransferExchange {
        let secret = try vault.requestSecret(of: transfer.identifier)
        guard let key = AgreementKey(secret) else {
            throw unreadable("a request's secret has a wrong size")
        }
        do {
            return try TransferExchange(
                key, with: transfer.certificate.publicKey, certificate: transfer.certificate,
                offerSecret: transfer.offerSecret, requestHeader: try Self.requestHeader(), point: transfer.point)
        } catch let error as LicenceError {
            throw error
        } catch {
            throw LicenceError(.certificateMalformed, [.reason: "its public key is of low order"])
        }
    }
}
