package import Licensing
package import Vaults

/// What a dongle says of itself.
package struct HelloReply: Sendable, Hashable {
    /// The lowest and the highest version of the protocol that it speaks.
    package let versions: ClosedRange<UInt8>
    /// Its serial number.
    package let serial: SerialNumber
    /// How much it may hold.
    package let capacity: VaultCapacity
    /// Goes up with every change.
    package let stateCounter: UInt64
    /// Why it is LOCKED; nil where it is in order.
    package let lockedReason: String?

    package init(
        versions: ClosedRange<UInt8>, serial: SerialNumber, capacity: VaultCapacity, stateCounter: UInt64,
        lockedReason: String?
    ) {
        self.versions = versions
        self.serial = serial
        self.capacity = capacity
        self.stateCounter = stateCounter
        self.lockedReason = lockedReason
    }
}

extension HelloReply: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        versions = try reader.versions()
        let text = try reader.text("serial number")
        guard let serial = SerialNumber(text) else { throw .malformed("a serial number that is none") }
        self.serial = serial
        capacity = VaultCapacity(keys: try reader.integer("capacity"), records: try reader.integer("capacity"))
        stateCounter = try reader.integer("state counter")
        lockedReason = try reader.optional("a reason") { (reader) throws(PayloadError) in
            try reader.text("reason")
        }
    }

    package func write(to writer: inout BinaryWriter) {
        writer.write(versions.lowerBound)
        writer.write(versions.upperBound)
        writer.write(text: serial.description)
        writer.write(capacity.keys)
        writer.write(capacity.records)
        writer.write(stateCounter)
        writer.write(optional: lockedReason) { $0.write(text: $1) }
    }
}

extension PayloadReader {
    /// Two bytes, the lower one first; version 0 does not exist.
    mutating func versions() throws(PayloadError) -> ClosedRange<UInt8> {
        let lowest = try integer("version", UInt8.self)
        let highest = try integer("version", UInt8.self)
        guard lowest >= 1, lowest <= highest else { throw .malformed("versions that are none") }
        return lowest...highest
    }
}
