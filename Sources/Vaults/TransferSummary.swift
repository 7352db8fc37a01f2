package import Licensing
import TransferCodes

/// A transfer as lists show it, without anything secret.
package struct TransferSummary: Sendable, Hashable {
    /// Which side of it this vault is, and where it stands there.
    package enum Standing: Sendable, Hashable {
        case source(OutgoingState)
        case target(IncomingState)
    }

    /// The transfer's name.
    package let identifier: TransferIdentifier
    /// The certificate of the key.
    package let certificate: Certificate
    /// Where it stands.
    package let standing: Standing
    /// When it began here.
    package let begun: Timestamp
    /// When its state last changed here.
    package let changed: Timestamp
    /// 12 characters that both sides compare before the key leaves; nil at a source that has not seen a request.
    package let fingerprint: Fingerprint?
    /// Whether its code may not be shown, since somebody kept the store's old anchor.
    package let isWithheld: Bool

    package init(
        identifier: TransferIdentifier, certificate: Certificate, standing: Standing, begun: Timestamp,
        changed: Timestamp, fingerprint: Fingerprint?, isWithheld: Bool
    ) {
        self.identifier = identifier
        self.certificate = certificate
        self.standing = standing
        self.begun = begun
        self.changed = changed
        self.fingerprint = fingerprint
        self.isWithheld = isWithheld
    }

    /// The word for the state.
    package var stateName: String {
        switch standing {
        case .source(let state): state.name
        case .target(let state): state.name
        }
    }

    /// Whether something is still to be done for it: at the source until settled or returned, at the target until the
    /// key is active. A declined one counts: its return code may still have to be carried.
    package var isUnfinished: Bool {
        switch standing {
        case .source(let state): !state.isFinished
        case .target(let state): state != .active
        }
    }
}

extension OutgoingTransfer {
    /// The transfer as lists show it.
    package var summary: TransferSummary { summary(fingerprintOf: release?.point) }

    /// The transfer with the fingerprint of a request that answers its start code, whether it was released to that one
    /// or not.
    func summary(answering request: RequestCode) -> TransferSummary {
        summary(fingerprintOf: try? CurvePoint(request.point))
    }

    private func summary(fingerprintOf point: CurvePoint?) -> TransferSummary {
        TransferSummary(
            identifier: identifier, certificate: certificate, standing: .source(state), begun: begun, changed: changed,
            fingerprint: point.map { Fingerprint(certificate: certificate, offerSecret: offerSecret, point: $0) },
            isWithheld: release?.isWithheld ?? false)
    }
}

extension IncomingTransfer {
    /// The transfer as lists show it.
    package var summary: TransferSummary {
        TransferSummary(
            identifier: identifier, certificate: certificate, standing: .target(state), begun: begun, changed: changed,
            fingerprint: Fingerprint(certificate: certificate, offerSecret: offerSecret, point: point),
            isWithheld: isWithheld)
    }
}
