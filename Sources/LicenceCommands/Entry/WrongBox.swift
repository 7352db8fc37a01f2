import Control
import Licensing
import TransferCodes
import Vaults

/// Says of a code that was brought to the wrong place what it is, and of which transfer, where that can be known.
struct WrongBox {
    let daemon: Daemon

    /// What is wrong with a text that the reader refused with `error`.
    ///
    /// - Parameter stray: the whole code of another kind that is there instead, if that is what is wrong.
    func refusal(_ error: CodeError, of stray: TransferCode?) async -> LicenceError {
        guard case .wrongKind(let found, let expected) = error, let stray else { return LicenceError(error) }
        let (transfer, product) = await names(of: stray)
        return LicenceError(wrongKind: found, expected: expected, transfer: transfer, product: product)
    }

    private func names(of code: TransferCode) async -> (transfer: String?, product: String?) {
        if case .start(let code) = code, let certificate = try? Certificate(bytes: code.certificate) {
            let terms = certificate.terms
            return (
                TransferIdentifier(certificate: certificate, secret: code.offerSecret).description,
                "\(terms.product) \(terms.productVersion)"
            )
        }
        let text = PrintedCode(code).lines.joined(separator: "\n")
        // Who may not ask the daemon gets the answer without the transfer.
        guard let known = try? await daemon.call(Calls.Recognise(code: text)).transfer else { return (nil, nil) }
        return (known.transfer, "\(known.product) \(known.productVersion)")
    }
}
