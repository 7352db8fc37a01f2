package import Licensing

/// The name of a transfer: 6 characters of a digest over certificate and start secret, the same on both sides.
package struct TransferIdentifier: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The 6 characters, upper case.
    package let description: String

    /// The name of the transfer that the start code with `secret` for `certificate` begins.
    package init(certificate: Certificate, secret: [UInt8]) {
        description = Crockford.text(Derivation.transfer.digest(certificate.hash, secret), characters: 6)
    }

    /// Reads a name as people type it, in either case; nil for anything that is no name.
    package init?(_ text: String) {
        guard let characters = Crockford.normalised(text), characters.utf8.count == 6 else { return nil }
        description = characters
    }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}
