package import Licensing
package import TransferCodes

/// What a vault can be asked to do in a transfer. A code travels in it as a value; how it came here is somebody else's
/// matter.
package enum TransferStep: Sendable, Hashable {
    /// Source: makes a start code for a key, or shows the one again that is still open. `anew` withdraws that one first.
    case offer(LicenceNumber, anew: Bool)
    /// Target: answers a start code with a request code. The caller has checked the certificate's vendor and validity.
    case request(Certificate, offerSecret: [UInt8])
    /// Source: gives up the key to the machine that made the request.
    case release(RequestCode)
    /// Target: takes the key in.
    case activate(ActivationCode)
    /// Target: shows the receipt code of an active key.
    case receipt(TransferIdentifier)
    /// Source: closes the books with a receipt code.
    case settle(ReceiptCode)
    /// Target: gives the request up for good and shows the return code.
    case decline(TransferIdentifier)
    /// Source: takes the key back with a return code.
    case reclaim(ReturnCode)
    /// Source: withdraws an offer.
    case cancel(TransferIdentifier)
    /// Source: closes the books without a receipt; the way back is given up with it.
    case close(TransferIdentifier)
    /// Either side: shows the code once more that this vault made last for the transfer.
    case show(TransferIdentifier)
}

/// What a step came to.
package struct TransferAnswer: Sendable, Hashable {
    /// The transfer as it stands now.
    package let transfer: TransferSummary
    /// The code to be carried to the other side, if the step makes one.
    package let code: TransferCode?
    /// Whether it was so already, and nothing changed.
    package let isRepeat: Bool

    package init(transfer: TransferSummary, code: TransferCode?, isRepeat: Bool) {
        self.transfer = transfer
        self.code = code
        self.isRepeat = isRepeat
    }
}
