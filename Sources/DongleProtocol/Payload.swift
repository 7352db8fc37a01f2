package import Licensing

/// What has a form on the cable: deterministic, so that equal values have equal bytes, and bounded.
package protocol Payload {
    /// Reads the value; whatever it reads has come from outside.
    init(reading reader: inout PayloadReader) throws(PayloadError)
    /// Appends the value.
    func write(to writer: inout BinaryWriter)
}

extension Payload {
    /// The value that `payload` holds, with nothing behind it.
    package init(payload: [UInt8]) throws(PayloadError) {
        var reader = PayloadReader(payload)
        try self.init(reading: &reader)
        try reader.finish()
    }

    /// The value as a payload of its own.
    package var payload: [UInt8] {
        var writer = BinaryWriter()
        write(to: &writer)
        return writer.bytes
    }
}

extension Optional: Payload where Wrapped: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        self = try reader.optional("value") { (reader) throws(PayloadError) in try reader.value(Wrapped.self) }
    }

    package func write(to writer: inout BinaryWriter) {
        writer.write(optional: self) { $1.write(to: &$0) }
    }
}
