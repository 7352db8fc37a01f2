import Licensing
import TransferCodes
import Vaults

/// What a host refuses in an answer although it is well formed: whatever the step that was asked for can't lead to.
extension TransferStep {
    /// Why `answer` is not one to this step; the text stands behind "it sent". Nil where nothing is to be objected.
    func objection(to answer: TransferAnswer) -> String? {
        let transfer = answer.transfer
        if let asked = licence, asked != transfer.certificate.number { return "the answer for another licence" }
        if let asked = identifier, asked != transfer.identifier { return "the answer for another transfer" }
        guard expects(transfer.standing) else { return "a transfer in a state that the step can't lead to" }
        let kind: CodeKind? = expectsCode ? transfer.standing.codeKind : nil
        guard kind == answer.code?.kind else { return "a code where another belongs" }
        return answer.code.flatMap { $0.objection(toBeingMadeFor: transfer, by: self) }
    }

    /// The licence that the step names.
    private var licence: LicenceNumber? {
        switch self {
        case .offer(let licence, _): licence
        case .request(let certificate, _): certificate.number
        default: nil
        }
    }

    /// The transfer that the step names, or that follows from what it names.
    private var identifier: TransferIdentifier? {
        switch self {
        case .request(let certificate, let secret): TransferIdentifier(certificate: certificate, secret: secret)
        case .receipt(let transfer), .decline(let transfer), .cancel(let transfer), .close(let transfer),
            .show(let transfer):
            transfer
        case .offer, .release, .activate, .settle, .reclaim: nil
        }
    }

    private func expects(_ standing: TransferSummary.Standing) -> Bool {
        switch self {
        case .offer: standing == .source(.offered)
        case .request: standing == .target(.open)
        case .release: standing == .source(.released)
        case .activate, .receipt: standing == .target(.active)
        case .settle, .close: standing == .source(.settled)
        case .decline: standing == .target(.declined)
        case .reclaim: standing == .source(.returned)
        case .cancel: standing == .source(.withdrawn)
        case .show: standing.codeKind != nil
        }
    }

    private var expectsCode: Bool {
        switch self {
        case .offer, .request, .release, .receipt, .decline, .show: true
        case .activate, .settle, .reclaim, .cancel, .close: false
        }
    }
}

extension TransferSummary.Standing {
    /// The kind of code that a vault shows of a transfer in this state; nil where there is none to show.
    fileprivate var codeKind: CodeKind? {
        switch self {
        case .source(.offered): .start
        case .source(.released): .activation
        case .source: nil
        case .target(.open): .request
        case .target(.active): .receipt
        case .target(.declined): .returning
        }
    }
}

extension TransferCode {
    /// Why this code can't be the one of `transfer`, as far as a host can tell from what it has.
    fileprivate func objection(toBeingMadeFor transfer: TransferSummary, by step: TransferStep) -> String? {
        switch (self, step) {
        case (.start(let code), _):
            guard code.certificate == transfer.certificate.bytes,
                TransferIdentifier(certificate: transfer.certificate, secret: code.offerSecret) == transfer.identifier
            else { return "the start code of another transfer" }
        case (.request(let code), .request(let certificate, let secret)):
            guard let point = try? CurvePoint(code.point), transfer.certificate == certificate,
                transfer.fingerprint == Fingerprint(certificate: certificate, offerSecret: secret, point: point)
            else { return "the request code of another transfer" }
        case (.request(let code), _):
            guard (try? CurvePoint(code.point)) != nil else { return "a request code with a forbidden point" }
        default: break
        }
        return nil
    }

    /// Why a code of this kind can't belong to `transfer`; nil where it can.
    func objection(toBelongingTo transfer: TransferSummary) -> String? {
        switch (kind, transfer.standing) {
        case (.request, .source), (.returning, .source), (.receipt, .source), (.activation, .target): nil
        default: "a transfer to which the code can't belong"
        }
    }
}
