/// Writes the one deterministic binary form of certificates and dongle payloads: big-endian integers, and byte strings
/// behind their length. A value has exactly one form, so equal values have equal bytes.
package struct BinaryWriter: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Appends `value` in big-endian order.
    package mutating func write(_ value: some FixedWidthInteger & UnsignedInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends `raw` as it is; its length has to be known to the reader.
    package mutating func write(raw: some Sequence<UInt8>) {
        bytes.append(contentsOf: raw)
    }

    /// Appends a length byte and up to 255 bytes of `short`.
    package mutating func write(short: some Collection<UInt8>) {
        let cut = short.prefix(Int(UInt8.max))
        write(UInt8(cut.count))
        write(raw: cut)
    }

    /// Appends a two-byte length and up to 65,535 bytes of `long`.
    package mutating func write(long: some Collection<UInt8>) {
        let cut = long.prefix(Int(UInt16.max))
        write(UInt16(cut.count))
        write(raw: cut)
    }

    /// Appends 1 for true, 0 for false.
    package mutating func write(_ flag: Bool) {
        write(flag ? 1 as UInt8 : 0)
    }

    /// Appends a flag and, if there is one, the value as `body` writes it.
    package mutating func write<Value>(optional value: Value?, _ body: (inout BinaryWriter, Value) -> Void) {
        write(value != nil)
        if let value { body(&self, value) }
    }
}
