import Licensing

/// The bytes of one input, read as the choices that lead through a harness.
///
/// Behind their end every choice is 0, which is always the harmless one, so that a short input is an honest run and each
/// byte more is one more thing that goes wrong.
package final class Choices {
    private let bytes: [UInt8]
    /// How many bytes were read.
    package private(set) var position = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether every byte was read.
    package var isExhausted: Bool { position >= bytes.count }

    /// Goes back to a place where it has been, to choose the same once more.
    package func rewind(to position: Int) {
        self.position = min(position, self.position)
    }

    /// The next byte.
    package func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        defer { position += 1 }
        return bytes[position]
    }

    /// The next integer.
    package func integer<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type = Value.self) -> Value {
        (0..<Value.bitWidth / 8).reduce(0) { value, _ in value << 8 | Value(byte()) }
    }

    /// A number from 0 to one below `count`, which is at least 1.
    package func below(_ count: Int) -> Int {
        Int(count > 256 ? integer(UInt16.self) : UInt16(byte())) % count
    }

    /// Yes or no.
    package func flag() -> Bool { byte() & 1 == 1 }

    /// One of `values`, of which there is at least one; the first is the harmless one.
    package func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

    /// Bytes as they stand in the input, as many as it says itself, up to `limit`.
    package func run(upTo limit: Int) -> [UInt8] {
        let count = min(below(limit + 1), bytes.count - min(position, bytes.count))
        return raw(count)
    }

    /// So many bytes; zeros where the input has ended.
    package func raw(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }

    /// Changes bytes, takes up to 8 out and puts up to `longest` in, again and again until the input has ended.
    package func spoil(_ bytes: inout [UInt8], longest: Int) {
        while !isExhausted, !bytes.isEmpty {
            let place = below(bytes.count)
            switch below(3) {
            case 0: bytes[place] = byte()
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + below(9)))
            default: bytes.insert(contentsOf: run(upTo: longest), at: place)
            }
        }
    }
}
