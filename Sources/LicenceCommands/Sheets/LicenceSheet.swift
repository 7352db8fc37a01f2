import Control
import QRPictures

/// The certificate of a licence as text or as a page to file: what the vendor granted, where the key is, and where it has been.
struct LicenceSheet {
    let key: KeyEntry
    let transfers: [TransferEntry]
    /// The machine's own name.
    let machine: String
    /// The moment that the page speaks of, as people read it.
    let moment: String

    /// The page.
    var html: String {
        SheetPage(
            title: "Certificate of licence \(key.licence)",
            body: """
                <section>
                <h2>What is licensed</h2>
                \(granted)
                </section>
                <section>
                <h2>Who holds it</h2>
                \(holder)
                </section>
                <h2>Where it has been</h2>
                \(history)
                <section>
                <h2>The vendor's certificate</h2>
                <p>What the vendor signed. It is no secret and opens nothing: the licence is with whoever holds the key, \
                and that is in one place only.</p>
                <p class="long">\(Markup.escaped(Self.grouped(key.certificate)))</p>
                </section>
                <p><span class="signature">Place and date</span><span class="signature">Signature</span></p>
                """
        ).html
    }

    /// The same as text, for a terminal.
    var text: String {
        let moves = transfers.isEmpty ? "" : "\n" + TransferList(transfers: transfers).text
        return "Certificate of licence \(key.licence)\non \(machine), \(moment)\n\n" + KeyDetails(key: key).text
            + moves
    }

    private var granted: String {
        SheetPage.facts([
            ("Licence number", key.licence),
            ("Product", key.productAndVersion),
            ("Type", key.terms),
            ("Vendor", key.vendor ?? "not trusted on this machine"),
            ("Issued", key.issued),
            ("Valid until", key.validUntil ?? "no end"),
        ])
    }

    private var holder: String {
        SheetPage.facts([
            ("Machine", machine),
            ("Location", key.location == "local" ? "the machine's own store" : key.location),
            ("Here since", Moment.text(key.since)),
            ("State", key.problem.map { "\(key.state), not usable: \($0)" } ?? key.state),
            ("As of", moment),
        ])
    }

    private var history: String {
        guard !transfers.isEmpty else { return "<p>This machine knows of no transfer of this licence.</p>" }
        let rows = transfers.sorted { ($0.begun, $0.transfer) < ($1.begun, $1.transfer) }.map { transfer in
            let cells = [
                Moment.text(transfer.begun), transfer.transfer, transfer.location, transfer.event,
                Moment.text(transfer.changed),
            ].map { "<td>\(Markup.escaped($0))</td>" }
            return "<tr>\(cells.joined())</tr>\n"
        }
        let headings = ["Begun", "Transfer", "Location", "What happened", "Last change"]
            .map { "<th scope=\"col\">\($0)</th>" }
        return """
            <p>Transfers of this licence that this machine took part in, the oldest first.</p>
            <table class="list">
            <tr>\(headings.joined())</tr>
            \(rows.joined())</table>
            """
    }

    /// Groups of eight characters: what is compared by eye wants places to rest.
    private static func grouped(_ text: String) -> String {
        let characters = Array(text)
        return stride(from: 0, to: characters.count, by: 8)
            .map { String(characters[$0..<min($0 + 8, characters.count)]) }.joined(separator: " ")
    }
}

extension TransferEntry {
    /// What has become of the key in this transfer, seen from here.
    var event: String {
        switch state {
        case "OFFERED": "offered to another machine; the key is still here"
        case "WITHDRAWN": "the offer was withdrawn; the key stayed"
        case "RELEASED": "the key left; its arrival is not confirmed"
        case "SETTLED": "the key left, and the transfer is closed"
        case "RETURNED": "the key left and came back"
        case "OPEN": "the key was asked for; it is not here yet"
        case "ACTIVE": "the key arrived here"
        case "DECLINED": "the key was asked for and declined"
        default: state
        }
    }
}
