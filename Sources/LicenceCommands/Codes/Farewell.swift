import Control
import TransferCodes

/// What a person is told before a key leaves.
struct Farewell {
    private let transfer: TransferEntry

    /// - Returns: nil where nothing leaves: the code is none that a key here answers, or its key has left already.
    init?(_ found: Calls.Recognise.Reply) {
        guard found.kind == CodeKind.request.name, let transfer = found.transfer, transfer.state == "OFFERED" else {
            return nil
        }
        self.transfer = transfer
    }

    /// The lines.
    var text: String {
        var text = """
            request code for transfer \(transfer.transfer)
              product      \(transfer.product) \(transfer.productVersion)
              licence      \(transfer.licence)
              location     \(transfer.location)

            """
        if let fingerprint = transfer.fingerprint {
            text += "  fingerprint  \(fingerprint)\n"
            text += PlainOutput.wrapped(
                "The target shows the same fingerprint, unless somebody swapped the request on its way: have it read to "
                    + "you over the phone.")
        }
        return text
            + PlainOutput.wrapped(
                "The key leaves \(transfer.location) now and can't be used here any more. Only the machine that made this "
                    + "request can activate it.")
    }
}
