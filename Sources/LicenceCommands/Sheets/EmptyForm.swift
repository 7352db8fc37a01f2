import QRPictures
import TransferCodes

/// A page with boxes, to write a code down by hand that is read out over the telephone.
struct EmptyForm {
    /// The kind of code.
    let kind: CodeKind

    /// The page.
    var html: String {
        SheetPage(
            title: "Offline Transfer: \(kind.name), to be written down",
            body: """
                \(SheetPage.facts(["Transfer", "Read out by", "Date"].map { ($0, Self.blank) }))
                <h2>How to write it down</h2>
                <p>The other side reads the number of each line, then group by group. The first character of line 1 is \
                <b>\(kind.letter)</b>. Put <b>?</b> for a character that was not understood. There is no I, L, O or U: \
                what sounds like them is 1, 1, 0, or was misheard.</p>
                \(boxes)
                <p>Then type it in as it stands here: <code>\(Markup.escaped(kind.typingCommand))</code> asks for \
                \(kind.lineCount == 1 ? "the line" : "line after line"), and checks \
                \(kind.lineCount == 1 ? "it" : "each") as it is typed.</p>
                <h2>What the words mean</h2>
                \(SheetPage.words(Spelling.alphabet))
                """
        ).html
    }

    /// A line to write on.
    private static let blank = String(repeating: "_", count: 30)

    /// For each line its number and twenty boxes, with a gap between the groups, and a wider one before the last.
    private var boxes: String {
        let group = String(repeating: "<td></td>", count: 5)
        let gap = "<td class=\"gap\"></td>"
        let row = [group, group, group, gap + group].joined(separator: gap)
        let rows = (1...(kind.lineCount ?? CodeKind.maximumLineCount)).map { number in
            "<tr><th scope=\"row\">\(number)</th>\(row)</tr>\n<tr class=\"space\"><td></td></tr>\n"
        }
        let remark = kind.lineCount == nil ? "<p>It has as many lines as the other side says.</p>\n" : ""
        return remark + "<table class=\"boxes\" aria-label=\"twenty boxes for each line\">\n\(rows.joined())</table>"
    }
}
