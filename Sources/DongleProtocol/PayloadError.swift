/// Why a payload is not what it has to be.
package enum PayloadError: Error, Sendable, Hashable {
    /// It breaks the form; the text says what of it, to stand behind "it sent".
    case malformed(String)
    /// It holds a certificate of a format that this release does not know, and may be right otherwise.
    case certificateTooNew(String)
}

/// Why a dongle did not understand a request. The number is the payload of the reply.
package enum NotUnderstood: UInt8, Sendable, Hashable, CaseIterable {
    /// No frame, or a damaged one, or a reply where a request belongs.
    case frame = 1
    /// A version of the protocol that it does not speak.
    case version = 2
    /// A command that it does not have.
    case command = 3
    /// A payload that breaks the form of the command.
    case payload = 4
}
