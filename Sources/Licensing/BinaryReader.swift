/// Reads what ``BinaryWriter`` wrote, from bytes that may have come from anywhere: every read is bounded and a value
/// that was not written by a ``BinaryWriter`` (a length too long, a flag of 2, bytes left over) is an error.
package struct BinaryReader: Sendable {
    /// The bytes end early, go on after the end, or break a rule of the form.
    package struct Malformed: Error, Equatable {}

    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// How many bytes were read so far.
    package var consumed: Int { position }

    /// The next `count` bytes.
    package mutating func raw(_ count: Int) throws(Malformed) -> [UInt8] {
        guard count >= 0, count <= bytes.count - position else { throw Malformed() }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// The next integer, big-endian.
    package mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type = Value.self
    ) throws(Malformed) -> Value {
        var value: Value = 0
        for byte in try raw(Value.bitWidth / 8) {
            value = value &<< 8 | Value(truncatingIfNeeded: byte)
        }
        return value
    }

    /// A byte string behind a length byte.
    package mutating func short() throws(Malformed) -> [UInt8] {
        try raw(Int(integer(UInt8.self)))
    }

    /// A byte string behind a two-byte length.
    package mutating func long() throws(Malformed) -> [UInt8] {
        try raw(Int(integer(UInt16.self)))
    }

    /// A flag, which is 0 or 1 and nothing else.
    package mutating func flag() throws(Malformed) -> Bool {
        switch try integer(UInt8.self) {
        case 0: false
        case 1: true
        default: throw Malformed()
        }
    }

    /// A value that stands behind a flag, if there is one.
    package mutating func optional<Value>(
        _ body: (inout BinaryReader) throws(Malformed) -> Value
    ) throws(Malformed) -> Value? {
        guard try flag() else { return nil }
        return try body(&self)
    }

    /// Text behind a length byte, as strict UTF-8.
    package mutating func text() throws(Malformed) -> String {
        guard let text = String(validating: try short(), as: UTF8.self) else { throw Malformed() }
        return text
    }

    /// Makes sure that nothing is left over.
    package func finish() throws(Malformed) {
        guard position == bytes.count else { throw Malformed() }
    }
}
