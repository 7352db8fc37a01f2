import Control
import Licensing
import TransferCodes
import Vaults

/// Says of a code that was brought to the wrong place what it is, and of which transfer, where that can be known.
struct WrongBox {
    let daemon: Daemon

    /// What is wrong with the code in `bytes`, which the reader refused with `error`.
    func refusal(_ error: CodeError, in bytes: [UInt8]) async -> LicenceError {
        guard case .wrongKind(let found, let expected) = error,
            let read = try? CodeReader.read(bytes, expecting: found)
        else { return LicenceError(error) }
        let (transfer, product) = await names(of: read.code)
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
