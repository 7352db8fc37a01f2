extension QRPicture {
    /// The picture as an SVG element, a millimetre for each module, which is a file of its own and can stand in an HTML
    /// page as well.
    ///
    /// - Parameters:
    ///   - title: what the picture is, for those who can't see it.
    ///   - description: the same code in words or lines, for those who can't see it and for programs.
    ///   - identifier: what the ids of title and description begin with; unique in the page.
    package func svg(title: String, description: String, identifier: String = "qr") -> String {
        let (columns, rows) = size
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(columns) \(rows)" width="\(columns)mm" \
            height="\(rows)mm" shape-rendering="crispEdges" role="img" \
            aria-labelledby="\(identifier)-title \(identifier)-text">
            <title id="\(identifier)-title">\(Markup.escaped(title))</title>
            <desc id="\(identifier)-text">
            \(Markup.escaped(description))
            </desc>
            <rect width="\(columns)" height="\(rows)" fill="#fff"/>
            <path fill="#000" d="\(path)"/>
            </svg>

            """
    }

    /// Each row's runs of dark modules as rectangles.
    private var path: String {
        let (columns, rows) = size
        var path = ""
        for row in 0..<rows {
            var column = 0
            while column < columns {
                let end = (column..<columns).first { !isDark(column: $0, row: row) } ?? columns
                if end > column { path += "M\(column) \(row)h\(end - column)v1h-\(end - column)z" }
                column = end + 1
            }
        }
        return path
    }
}

/// Text in XML and HTML.
package enum Markup {
    /// `text` as it stands between tags and in attributes.
    package static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
