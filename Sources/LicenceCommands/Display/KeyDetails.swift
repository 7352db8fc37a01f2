import Control

/// Everything about one key, a line for each.
struct KeyDetails {
    let key: KeyEntry

    var text: String {
        var lines = [
            ("licence", key.licence),
            ("product", key.productAndVersion),
            ("type", key.type),
            ("quantity", String(key.quantity)),
            ("vendor", key.vendor ?? "not trusted here"),
            ("location", key.location),
            ("state", key.state),
            ("usable", key.whyNotUsable.map { "no: \($0)" } ?? "yes"),
            ("in use", key.inUse ? key.users.joined(separator: ", ") : "no"),
            ("issued", key.issued),
            ("valid until", key.validUntil ?? "no end"),
            ("here since", Moment.text(key.since)),
        ]
        if let transfer = key.transfer { lines.append(("offered by", "transfer \(transfer)")) }
        return lines.map { label, value in
            label + String(repeating: " ", count: max(1, 13 - label.count)) + value + "\n"
        }.joined()
    }
}
