/// What a host can ask of a dongle. The number stands in the frame's header; in the reply its highest bit is set.
package enum DongleCommand: UInt8, Sendable, Hashable, CaseIterable {
    /// Who and how are you: the versions it speaks, serial number, capacity, state counter.
    case hello = 1
    /// A page of the keys.
    case keys = 2
    /// A page of the transfers.
    case transfers = 3
    /// A step of a transfer.
    case perform = 4
    /// The transfer that a code belongs to.
    case recognise = 5
    /// A proof that a key is here.
    case prove = 6

    /// The bit that is set in the header of a reply.
    static let replyBit: UInt8 = 0x80
}

/// The versions of the protocol.
package enum DongleVersion {
    /// The version that this release speaks, and the one that `hello` and its reply are always in.
    package static let current: UInt8 = 1
    /// The versions that this release speaks.
    package static let spoken = current...current
}
