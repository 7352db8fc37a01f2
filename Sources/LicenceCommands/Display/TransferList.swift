import Control

/// Transfers as a table, each with what has to be done next in it underneath.
struct TransferList {
    let transfers: [TransferEntry]

    /// The heading and, for each transfer, its row and the lines of its next step.
    var text: String {
        var table = Table("TRANSFER", "LICENCE", "PRODUCT", "ROLE", "STATE", "LOCATION")
        for transfer in transfers {
            table.add(
                transfer.transfer, transfer.licence, "\(transfer.product) \(transfer.productVersion)", transfer.role,
                transfer.state, transfer.location)
        }
        var rows = table.text.split(separator: "\n").map { "\($0)\n" }[...]
        var text = rows.popFirst() ?? ""
        for (row, transfer) in zip(rows, transfers) {
            text += row
            if let fingerprint = transfer.fingerprint, transfer.open { text += "  fingerprint: \(fingerprint)\n" }
            if !transfer.next.isEmpty { text += PlainOutput.wrapped("next: \(transfer.next)", indent: 2) }
        }
        return text
    }
}
