import Licensing

/// Reads the fields of a payload; like ``Licensing/BinaryReader``, with the bounds that the cable has, and errors that
/// say which field it was.
package struct PayloadReader: Sendable {
    private var reader: BinaryReader

    package init(_ bytes: some Sequence<UInt8>) {
        reader = BinaryReader(bytes)
    }

    /// The next `count` bytes.
    package mutating func raw(_ count: Int, _ name: String) throws(PayloadError) -> [UInt8] {
        do { return try reader.raw(count) } catch { throw .malformed("no whole \(name)") }
    }

    /// The next integer, big-endian.
    package mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _ name: String, _ type: Value.Type = Value.self
    ) throws(PayloadError) -> Value {
        do { return try reader.integer() } catch { throw .malformed("no whole \(name)") }
    }

    /// A flag, 0 or 1.
    package mutating func flag(_ name: String) throws(PayloadError) -> Bool {
        do { return try reader.flag() } catch { throw .malformed("no flag for \(name)") }
    }

    /// Bytes behind their length.
    package mutating func short(_ name: String) throws(PayloadError) -> [UInt8] {
        do { return try reader.short() } catch { throw .malformed("no whole \(name)") }
    }

    /// Printable text of at most `limit` bytes behind its length.
    ///
    /// A text with anything that could steer a terminal is refused: no device of this protocol sends one.
    package mutating func text(_ name: String, limit: Int = DongleLimits.text) throws(PayloadError) -> String {
        guard let text = String(validating: try short(name), as: UTF8.self) else {
            throw .malformed("a \(name) that is no text")
        }
        guard text.utf8.count <= limit else { throw .malformed("a \(name) of more than \(limit) bytes") }
        guard text.unicodeScalars.allSatisfy(\.isPrintable) else {
            throw .malformed("a \(name) with characters that can't be printed")
        }
        return text
    }

    /// A value of another form.
    package mutating func value<Value: Payload>(_ type: Value.Type = Value.self) throws(PayloadError) -> Value {
        try Value(reading: &self)
    }

    /// A value behind a flag.
    package mutating func optional<Value>(
        _ name: String, _ body: (inout PayloadReader) throws(PayloadError) -> Value
    ) throws(PayloadError) -> Value? {
        try flag(name) ? try body(&self) : nil
    }

    /// Makes sure that nothing is left over.
    package func finish() throws(PayloadError) {
        do { try reader.finish() } catch { throw .malformed("more than belongs into it") }
    }
}

extension BinaryWriter {
    /// Appends text behind a length byte: characters that can't be printed are replaced, and what is over `limit` bytes
    /// is cut off between two characters.
    mutating func write(text: String, limit: Int = DongleLimits.text) {
        var cut: [UInt8] = []
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar.isPrintable ? scalar : "\u{FFFD}").utf8)
            guard cut.count + bytes.count <= limit else { break }
            cut += bytes
        }
        write(short: cut)
    }
}
