import QRPictures

/// A page to print: HTML that needs nothing else, black on white, for one sheet of A4 or Letter.
struct SheetPage {
    /// What the page is, for its title and its heading.
    let title: String
    /// What stands under the heading, as HTML.
    let body: String

    /// The whole file. It has no scripts, and links to nothing.
    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>\(Markup.escaped(title))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <main>
        <h1>\(Markup.escaped(title))</h1>
        \(body)
        </main>
        </body>
        </html>

        """
    }

    /// Whatever is to be told apart is told apart by place and by lines, never by a colour.
    private static let style = """
        @page { margin: 12mm 14mm }
        body { margin: 0 auto; max-width: 182mm; color: #000; background: #fff;
          font: 10.5pt/1.35 "DejaVu Sans", "Liberation Sans", Arial, sans-serif }
        h1 { font-size: 17pt; margin: 0 0 3mm }
        h2 { font-size: 12pt; margin: 4mm 0 1.5mm }
        p, ol { margin: 0 0 2mm }
        ol { padding-left: 6mm }
        code, .code, .long { font-family: "DejaVu Sans Mono", "Liberation Mono", monospace }
        table { border-collapse: collapse }
        th { text-align: left; font-weight: normal }
        .facts th { padding: 0 6mm 0 0; vertical-align: top; white-space: nowrap }
        .facts td { font-weight: bold }
        .columns { display: flex; flex-wrap: wrap; gap: 6mm; align-items: flex-start }
        .code { font-size: 12.5pt }
        .code th { padding: 0 4mm 0 0; text-align: right }
        .code td { padding: 0 3mm 0 0; line-height: 5.6mm }
        .code td:last-child { padding: 0 0 0 3mm; border-left: 0.3mm solid #000 }
        .picture svg { width: 72mm; height: auto; display: block }
        .boxes th { padding: 0 2mm 0 0; text-align: right }
        .boxes td { border: 0.3mm solid #000; width: 6.6mm; height: 6.2mm; padding: 0 }
        .boxes td.gap { border: 0; width: 2.6mm }
        .boxes tr.space td { border: 0; height: 0.8mm }
        .list { border: 0.3mm solid #000; margin: 0 0 2mm; width: 100% }
        .list th, .list td { border: 0.3mm solid #000; padding: 0.6mm 2mm; text-align: left; vertical-align: top }
        .list th { font-weight: bold }
        .words { font-size: 8.5pt; columns: 6; column-gap: 3mm; list-style: none; padding: 0; margin: 0 0 2mm }
        .long { font-size: 8pt; overflow-wrap: anywhere }
        .signature { display: inline-block; width: 75mm; border-top: 0.3mm solid #000; margin: 14mm 8mm 0 0 }
        section, table { break-inside: avoid }
        """

    /// Names and values, one under another.
    static func facts(_ facts: [(String, String?)]) -> String {
        let rows = facts.compactMap { name, value in
            value.map { "<tr><th scope=\"row\">\(Markup.escaped(name))</th><td>\(Markup.escaped($0))</td></tr>\n" }
        }
        return "<table class=\"facts\">\n\(rows.joined())</table>"
    }

    /// The words of the spelling alphabet.
    static func words(_ words: [(character: Character, word: String)]) -> String {
        let items = words.map { "<li><b>\($0.character)</b> \($0.word)</li>" }
        return "<ul class=\"words\">\n\(items.joined(separator: "\n"))\n</ul>"
    }
}
