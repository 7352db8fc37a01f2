extension Certificate {
    /// The name by which a short start code asks for a certificate: the first 28 bits of its SHA-256, which are all that
    /// the code has of it, as six characters. The last character stands for three bits and two that are zero.
    package var name: String { Self.name(hash: hash) }

    /// The name of the certificate whose SHA-256 begins with these bytes.
    package static func name(hash: [UInt8]) -> String {
        var bytes = Array(hash.prefix(4))
        if bytes.count == 4 { bytes[3] &= 0xF0 }
        return Crockford.text(bytes, characters: 6)
    }

    /// The first line of the file in which a certificate travels.
    private static let heading = "alm certificate 1"
    /// The line after which its bytes stand.
    private static let bytesHeading = "bytes:"
    /// How many hexadecimal digits stand on a line: it survives mail.
    private static let lineLength = 64
    /// The longest text that is looked at, in bytes: a mail with the file in it.
    package static let longestFile = 1 << 20

    /// The text of the file in which a certificate travels: a heading for people, and the bytes as hexadecimal digits.
    package var fileText: String {
        let digits = bytes.hexadecimal
        var lines: [Substring] = []
        var rest = digits[...]
        while !rest.isEmpty {
            lines.append(rest.prefix(Self.lineLength))
            rest = rest.dropFirst(Self.lineLength)
        }
        return """
            \(Self.heading)
            name: \(name)
            licence: \(number)
            product: \(terms.product) \(terms.productVersion)
            \(Self.bytesHeading)
            \(lines.joined(separator: "\n"))

            """
    }

    /// Reads what ``fileText`` wrote; CRLF, the marks of quoted mail and text around it are let pass. Only the bytes count.
    ///
    /// - Throws: `certificateMalformed`, `certificateTooNew`.
    package init(fileText: String) throws(LicenceError) {
        func malformed(_ reason: String) -> LicenceError { LicenceError(.certificateMalformed, [.reason: reason]) }
        guard fileText.utf8.count <= Self.longestFile else {
            throw malformed("the file is longer than \(Self.longestFile) bytes")
        }
        let lines = fileText.split(whereSeparator: \.isNewline)
            .map { line in String(line.drop { "> \t".contains($0) }.filter { $0 != " " && $0 != "\t" }) }
        let heading = Self.heading.filter { $0 != " " }
        guard let first = lines.firstIndex(of: heading) else {
            throw malformed("the file has no line \"\(Self.heading)\"")
        }
        guard let start = lines[first...].firstIndex(of: Self.bytesHeading) else {
            throw malformed("the file has no line \"\(Self.bytesHeading)\"")
        }
        let digits = lines[lines.index(after: start)...].prefix { !$0.isEmpty && $0.allSatisfy(\.isHexDigit) }
        guard let bytes = [UInt8](hexadecimal: digits.joined()), !bytes.isEmpty else {
            throw malformed("its bytes are not whole")
        }
        try self.init(bytes: bytes)
    }
}
