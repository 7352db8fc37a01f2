package import Licensing

/// What the source remembers of a transfer. The escrow, being secret, is read apart: see ``VaultReading``.
package struct OutgoingTransfer: Sendable, Hashable {
    /// The size of a start code's secret in bytes.
    package static let secretSize = 10

    /// The certificate of the key.
    package let certificate: Certificate
    /// The start code's secret *s*, 10 bytes; never used for a second offer.
    package let offerSecret: [UInt8]
    /// Where the transfer stands.
    package var state: OutgoingState
    /// When the offer was made.
    package let begun: Timestamp
    /// When the state last changed.
    package var changed: Timestamp
    /// How many wrong request codes the vault had counted when the offer was made.
    package let wrongRequestsBefore: UInt32
    /// What the release stored; nil before it.
    package var release: Release?

    package init(
        certificate: Certificate, offerSecret: [UInt8], state: OutgoingState, begun: Timestamp, changed: Timestamp,
        wrongRequestsBefore: UInt32, release: Release?
    ) {
        self.certificate = certificate
        self.offerSecret = offerSecret
        self.state = state
        self.begun = begun
        self.changed = changed
        self.wrongRequestsBefore = wrongRequestsBefore
        self.release = release
    }

    /// The transfer's name.
    package var identifier: TransferIdentifier { TransferIdentifier(certificate: certificate, secret: offerSecret) }

    /// What a release leaves behind in place of the seed.
    package struct Release: Sendable, Hashable {
        /// The point *E* of the request that was answered.
        package let point: CurvePoint
        /// The hidden seed of the activation code, 16 bytes; nil once settled or returned.
        package var activation: [UInt8]?
        /// The tag of activation and return code: 12 bits in two bytes.
        package let tag: [UInt8]
        /// SHA-256 of the receipt that will settle this transfer.
        package let receiptDigest: [UInt8]
        /// SHA-256 of the return key that was loaded; nil unless returned.
        package var returnDigest: [UInt8]?
        /// Whether the code may not be shown, since somebody kept the store's old anchor.
        package var isWithheld: Bool

        package init(
            point: CurvePoint, activation: [UInt8]?, tag: [UInt8], receiptDigest: [UInt8], returnDigest: [UInt8]? = nil,
            isWithheld: Bool = false
        ) {
            self.point = point
            self.activation = activation
            self.tag = tag
            self.receiptDigest = receiptDigest
            self.returnDigest = returnDigest
            self.isWithheld = isWithheld
        }
    }
}
