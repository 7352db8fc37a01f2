import Control

/// The keys and the places of a machine, as `almctl list` shows them.
struct KeyList {
    let keys: [KeyEntry]
    let places: [PlaceEntry]

    /// The table of the keys, then what is wrong with any of them and with the places.
    var text: String {
        var text = ""
        if keys.isEmpty {
            text +=
                "no licence key is here; plug in a dongle, or load a start code: "
                + "almctl offline-transfer request --input FILE --to local\n"
        } else {
            var table = Table("LICENCE", "PRODUCT", "TYPE", "LOCATION", "STATE", "IN USE")
            for key in keys {
                table.add(key.licence, key.productAndVersion, key.terms, key.location, key.state, key.use)
            }
            text += table.text
        }
        let remarks = keys.compactMap(remark) + places.compactMap(remark)
        return text + (remarks.isEmpty ? "" : "\n") + remarks.map { PlainOutput.wrapped($0) }.joined()
    }

    /// Why a key can't be used, which names it; where its place says so for all of its keys, once is enough.
    private func remark(_ key: KeyEntry) -> String? {
        key.state == "LOCKED" ? nil : key.whyNotUsable.map { "not usable: \($0)" }
    }

    private func remark(_ place: PlaceEntry) -> String? {
        guard place.state != "READY" else { return nil }
        let remark = "\(place.location) is \(place.state): \(place.problem ?? "the reason is not known")"
        // The hint of the error would send to this very list.
        let cure =
            place.state == "LOCKED"
            ? "nothing is deleted: put the store back where it was, or ask the vendor to issue its keys anew"
            : place.cure
        return cure.map { "\(remark); \($0)" } ?? remark
    }
}

extension KeyEntry {
    /// `Widget 2.1`
    var productAndVersion: String { "\(product) \(productVersion)" }

    /// `single`, `floating 5`, `count 100`
    var terms: String { type == "single" ? type : "\(type) \(quantity)" }

    /// Why it can't be used, and who has to act; nil where it can.
    var whyNotUsable: String? {
        problem.map { problem in cure.map { "\(problem); \($0)" } ?? problem }
    }

    /// `no`, `yes`, or for a floating licence `2 of 5`
    var use: String {
        guard inUse else { return "no" }
        return type == "floating" ? "\(users.count) of \(quantity)" : "yes"
    }
}
