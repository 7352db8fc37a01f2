import Control
import QRPictures
import TransferCodes

/// A code as a page to print: what it is, what to do with it, its lines, and the same as a QR picture.
struct CodeSheet {
    private let code: TransferCode
    private let transfer: TransferEntry
    private let picture: QRPicture

    init(_ code: TransferCode, _ transfer: TransferEntry, _ picture: QRPicture) {
        (self.code, self.transfer, self.picture) = (code, transfer, picture)
    }

    /// The page. The same code in the same state of its transfer always gives the same page.
    var html: String {
        SheetPage(
            title: "Offline Transfer: \(code.kind.name)",
            body: """
                \(facts)
                <h2>What to do with it</h2>
                \(steps)
                <h2>The code</h2>
                <div class="columns">
                \(lines)
                <div class="picture">
                \(drawing)</div>
                </div>
                <h2>To read it aloud</h2>
                <p>Read the number of the line, then group by group; the group behind the rule checks the line.</p>
                \(SheetPage.words(Spelling.alphabet))
                """
        ).html
    }

    private var facts: String {
        SheetPage.facts([
            ("Transfer", transfer.transfer),
            ("Product", "\(transfer.product) \(transfer.productVersion)"),
            ("Licence", transfer.licence),
            ("Needs", CertificateNeed(code).map { "certificate \($0.name) at the target" }),
            ("Fingerprint", transfer.open ? transfer.fingerprint : nil),
            (
                "On its way",
                code.kind.loadedAt == .source ? "from the target to the source" : "from the source to the target"
            ),
        ])
    }

    private var steps: String {
        let count = code.codeLines.count
        let lines = count == 1 ? "the line" : "the \(count) lines"
        return """
            <ol>
            <li>Carry this page to the \(code.kind.loadedAt.rawValue), or send it: a photograph or a scan of it will do, \
            and so will fax or telephone.</li>
            \(need)<li>There, run <code>\(Markup.escaped(code.kind.sheetCommand))</code>. FILE is a picture of this page, or \
            a file with \(lines) typed in; with <code>--interactive</code> in place of <code>--input FILE</code> it asks \
            for \(lines) and checks each as it is typed.</li>
            <li>\(Markup.escaped(code.kind.sheetOutcome))</li>
            </ol>
            <p>Small or capital letters and spaces make no difference. Put <b>?</b> for a character that can't be read. \
            In each line two wrong characters are put right, or five that are marked with ?.</p>
            """
    }

    /// What has to be there before a short start code can be loaded.
    private var need: String {
        guard let need = CertificateNeed(code) else { return "" }
        return """
            <li>Its machine has to know certificate <b>\(need.name)</b>, as it does where this key was before. Otherwise \
            run <code>almctl certificate export \(Markup.escaped(transfer.licence)) --output FILE</code> at the source, \
            and there <code>almctl certificate import FILE</code>.</li>

            """
    }

    /// A table, so that a person who hears the page can go from group to group.
    private var lines: String {
        let rows = code.codeLines.map { line in
            let cells = line.groups.map { "<td>\($0)</td>" }.joined()
            return "<tr><th scope=\"row\">\(line.number)</th>\(cells)</tr>\n"
        }
        return "<table class=\"code\">\n\(rows.joined())</table>"
    }

    private var drawing: String {
        picture.svg(
            title: "The code as a QR picture", description: "The picture says the same as the lines in the table.")
    }
}

extension CodeKind {
    /// The command that loads it, with all that it needs.
    fileprivate var sheetCommand: String {
        self == .start || self == .shortStart ? "\(command) --to local" : command
    }

    /// What comes of loading it.
    fileprivate var sheetOutcome: String {
        switch self {
        case .start, .shortStart:
            "It prints a request code, which comes back to the source. For a dongle, put usb: and its serial number in "
                + "place of local."
        case .request:
            "It shows what is asked for: compare the fingerprint with the one above. Then the key leaves the source, and "
                + "an activation code is printed, which goes to the target."
        case .activation: "The licence key is active there from then on. The code opens nothing on any other machine."
        case .returning: "The licence key is back at the source."
        case .receipt: "The source closes its books: the licence key has arrived."
        }
    }
}
