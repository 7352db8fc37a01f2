package import Licensing
package import TransferCodes
package import Vaults

/// A request of the host with everything that belongs to it.
package enum DongleRequest: Sendable, Hashable {
    /// Greets, with the versions that the host speaks.
    case hello(versions: ClosedRange<UInt8>)
    /// The keys from this place on.
    case keys(from: UInt32)
    /// The transfers from this place on.
    case transfers(from: UInt32)
    /// Does a step.
    case perform(TransferStep, Occasion)
    /// Finds the transfer that a code belongs to.
    case recognise(TransferCode)
    /// Proves that a key is here.
    case prove(LicenceNumber, ProofChallenge)

    /// The command that the header names.
    package var command: DongleCommand {
        switch self {
        case .hello: .hello
        case .keys: .keys
        case .transfers: .transfers
        case .perform: .perform
        case .recognise: .recognise
        case .prove: .prove
        }
    }

    /// What goes with the command.
    package var payload: [UInt8] {
        var writer = BinaryWriter()
        switch self {
        case .hello(let versions):
            writer.write(versions.lowerBound)
            writer.write(versions.upperBound)
        case .keys(let start), .transfers(let start):
            writer.write(start)
        case .perform(let step, let occasion):
            step.write(to: &writer)
            occasion.write(to: &writer)
        case .recognise(let code):
            code.write(to: &writer)
        case .prove(let licence, let challenge):
            licence.write(to: &writer)
            challenge.write(to: &writer)
        }
        return writer.bytes
    }

    /// The request that `payload` makes of `command`.
    package init(_ command: DongleCommand, payload: [UInt8]) throws(PayloadError) {
        var reader = PayloadReader(payload)
        switch command {
        case .hello: self = .hello(versions: try reader.versions())
        case .keys: self = .keys(from: try reader.integer("place in a list"))
        case .transfers: self = .transfers(from: try reader.integer("place in a list"))
        case .perform: self = .perform(try reader.value(), try reader.value())
        case .recognise: self = .recognise(try reader.value())
        case .prove: self = .prove(try reader.value(), try reader.value())
        }
        try reader.finish()
    }
}
