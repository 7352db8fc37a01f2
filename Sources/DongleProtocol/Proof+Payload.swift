package import Licensing
package import Vaults

/// What is to be proved: nonce behind its length, point, lease.
extension ProofChallenge: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let nonce = try reader.short("nonce")
        let (point, lease) = (try reader.raw(32, "point"), try reader.raw(Self.leaseSize, "lease"))
        do {
            try self.init(nonce: nonce, point: point, lease: lease)
        } catch {
            throw .malformed("a challenge that is none: \(error.parameters[.reason] ?? "")")
        }
    }

    package func write(to writer: inout BinaryWriter) {
        writer.write(short: nonce)
        writer.write(raw: point.bytes)
        writer.write(raw: lease)
    }
}

/// A proof: 32 bytes.
extension ProofAnswer: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        guard let answer = ProofAnswer(bytes: try reader.raw(32, "proof")) else { throw .malformed("no whole proof") }
        self = answer
    }

    package func write(to writer: inout BinaryWriter) { writer.write(raw: bytes) }
}
