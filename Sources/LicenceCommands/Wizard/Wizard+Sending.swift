import Control
import Licensing
import TransferCodes

/// Giving a code, and what to send to whom: the same when it is made and when it is given again.
extension Wizard {
    /// Gives the code of a step in the ways that the person chooses, then says where it goes and what they will see there.
    ///
    /// - Parameter short: makes the short form of a start code; nil for the other codes.
    func give(_ step: StepEntry, _ kind: CodeKind, short: (() async throws -> StepEntry)? = nil) async throws {
        var carrier = WizardCarrier(environment: environment, step: step, kind: kind, short: short)
        try await carrier.give()
        say(Self.sending(carrier.kind, step.transfer, certificate: CertificateNeed(carrier.step)?.name))
    }

    /// What to send to whom, and what they will see.
    ///
    /// - Parameter certificate: the certificate that a short start code needs.
    static func sending(_ kind: CodeKind, _ transfer: TransferEntry, certificate: String? = nil) -> String {
        let product = "\(transfer.product) \(transfer.productVersion)"
        switch kind {
        case .start, .shortStart:
            let need =
                certificate.map {
                    " Should their machine not know certificate \($0), it says so: almctl certificate export "
                        + "\(transfer.licence) writes the file that they need."
                } ?? ""
            return
                "Send this \(kind.name) to whoever runs the target. They load it there with step 2, Generate request "
                + "code, see \(product), licence \(transfer.licence), and send you a request code. Load that here with "
                + "step 3.\(need)"
        case .request:
            return "Send this request code back to the source. They load it there with step 3, Generate activation "
                + "code, see the product, the licence and the fingerprint, and send you the activation code. Load that "
                + "here with step 4."
        case .activation:
            return "Send this activation code to the target. They load it there with step 4, Activate licence key, and "
                + "see that licence \(transfer.licence) is active. It opens nothing anywhere else."
        case .returning:
            return "Send this return code to the source, if it made the activation code. They load it there (almctl "
                + "offline-transfer, transfer \(transfer.transfer)) and see that licence \(transfer.licence) is back."
        case .receipt:
            return "Send this receipt code to the source. They load it there (almctl offline-transfer, transfer "
                + "\(transfer.transfer)) and see that the transfer is closed."
        }
    }
}
