package import Licensing
package import Vaults

/// Which side (1 source, 2 target) and which state: a byte each.
extension TransferSummary.Standing: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        let side = try reader.integer("side of a transfer", UInt8.self)
        let state = try reader.integer("state of a transfer", UInt8.self)
        switch (side, OutgoingState(rawValue: state), IncomingState(rawValue: state)) {
        case (1, let state?, _): self = .source(state)
        case (2, _, let state?): self = .target(state)
        default: throw .malformed("a transfer in a state that is not known")
        }
    }

    package func write(to writer: inout BinaryWriter) {
        switch self {
        case .source(let state):
            writer.write(1 as UInt8)
            writer.write(state.rawValue)
        case .target(let state):
            writer.write(2 as UInt8)
            writer.write(state.rawValue)
        }
    }
}

/// A transfer as lists show it: at most 189 bytes.
extension TransferSummary: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        self.init(
            identifier: try reader.value(), certificate: try reader.value(), standing: try reader.value(),
            begun: try reader.value(), changed: try reader.value(), fingerprint: try reader.value(),
            isWithheld: try reader.flag("withheld"))
    }

    package func write(to writer: inout BinaryWriter) {
        identifier.write(to: &writer)
        certificate.write(to: &writer)
        standing.write(to: &writer)
        begun.write(to: &writer)
        changed.write(to: &writer)
        fingerprint.write(to: &writer)
        writer.write(isWithheld)
    }
}

/// What a step came to: the transfer, the code if there is one, whether it was so already.
extension TransferAnswer: Payload {
    package init(reading reader: inout PayloadReader) throws(PayloadError) {
        self.init(
            transfer: try reader.value(), code: try reader.value(), isRepeat: try reader.flag("repeat"))
    }

    package func write(to writer: inout BinaryWriter) {
        transfer.write(to: &writer)
        code.write(to: &writer)
        writer.write(isRepeat)
    }
}
