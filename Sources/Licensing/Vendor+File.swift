extension Vendor {
    /// The first line of `vendor.pub`.
    private static let heading = "alm vendor 1"

    /// The text of `vendor.pub`, the file that goes into every machine's vendors folder: a heading, the name, and the
    /// key as 52 characters of Crockford Base32.
    package var fileText: String {
        """
        \(Self.heading)
        name: \(name)
        key: \(Crockford.text(publicKey, characters: 52))

        """
    }

    /// Reads what ``fileText`` wrote; CRLF, empty lines and lines that begin with `#` are let pass.
    ///
    /// - Throws: `vendorFileMalformed` with the reason and `path`.
    package init(fileText: String, path: String) throws(LicenceError) {
        func malformed(_ reason: String) -> LicenceError {
            LicenceError(.vendorFileMalformed, [.path: path, .reason: reason])
        }
        guard fileText.utf8.count <= 4096 else { throw malformed("it is longer than 4096 bytes") }
        var lines = fileText.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.hasPrefix("#") }[...]
        guard lines.popFirst() == Self.heading else { throw malformed("it does not begin with \"\(Self.heading)\"") }
        guard let name = lines.popFirst(), name.hasPrefix("name: ") else { throw malformed("the name is missing") }
        guard let key = lines.popFirst(), key.hasPrefix("key: ") else { throw malformed("the key is missing") }
        guard lines.isEmpty else { throw malformed("something stands behind the key") }
        guard let bytes = Self.keyBytes(key.dropFirst("key: ".count)),
            let vendor = Vendor(name: String(name.dropFirst("name: ".count)), publicKey: bytes)
        else { throw malformed("the name or the key is not well formed") }
        self = vendor
    }

    private static func keyBytes(_ text: Substring) -> [UInt8]? {
        guard let characters = Crockford.normalised(String(text)), characters.utf8.count == 52 else { return nil }
        var bits = 0
        var pending = 0
        var bytes: [UInt8] = []
        for character in characters.utf8 {
            guard let value = Crockford.value(of: character) else { return nil }
            pending = pending << 5 | Int(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
                pending &= (1 << bits) - 1
            }
        }
        return pending == 0 ? bytes : nil
    }
}
