package import Licensing

/// What the target remembers of a transfer. The request's secret *e* and, once declined, the return key are read apart:
/// see ``VaultReading``.
package struct IncomingTransfer: Sendable, Hashable {
    /// The certificate of the key that is to come.
    package let certificate: Certificate
    /// The start code's secret *s*, 10 bytes.
    package let offerSecret: [UInt8]
    /// The request's point *E*.
    package let point: CurvePoint
    /// Where the transfer stands.
    package var state: IncomingState
    /// When the request was made.
    package let begun: Timestamp
    /// When the state last changed.
    package var changed: Timestamp
    /// The tag (12 bits in two bytes) that the activation code bears and the return code repeats; nil while open.
    package var tag: [UInt8]?
    /// SHA-256 of the activation that made the key active; nil unless active.
    package var activationDigest: [UInt8]?
    /// The receipt, 65 bits in 9 bytes; nil unless active.
    package var receipt: [UInt8]?
    /// Whether the return code may not be shown, since somebody kept the store's old anchor.
    package var isWithheld: Bool

    package init(
        certificate: Certificate, offerSecret: [UInt8], point: CurvePoint, state: IncomingState, begun: Timestamp,
        changed: Timestamp, tag: [UInt8]? = nil, activationDigest: [UInt8]? = nil, receipt: [UInt8]? = nil,
        isWithheld: Bool = false
    ) {
        self.certificate = certificate
        self.offerSecret = offerSecret
        self.point = point
        self.state = state
        self.begun = begun
        self.changed = changed
        self.tag = tag
        self.activationDigest = activationDigest
        self.receipt = receipt
        self.isWithheld = isWithheld
    }

    /// The transfer's name.
    package var identifier: TransferIdentifier { TransferIdentifier(certificate: certificate, secret: offerSecret) }
}
