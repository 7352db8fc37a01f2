/// What goes wrong on a cable on purpose: for tests, and to see how the daemon takes it.
///
/// As text it is a name, and the number of the exchange from which on it happens, counted from 1: `pull-before:3`,
/// `silent`. Without a number it happens from the first on.
package struct CableFault: Sendable, Hashable, CustomStringConvertible {
    /// The kinds of fault.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The cable is pulled when a request has come and before the dongle has done anything.
        case pullBefore = "pull-before"
        /// The cable is pulled in the middle of the reply.
        case pullWithin = "pull-within"
        /// The cable is pulled when the dongle has done what it was asked, and before it replied.
        case pullAfter = "pull-after"
        /// The dongle does what it is asked and does not reply.
        case silent
        /// The reply comes a byte at a time.
        case slow
        /// The last byte of the reply's payload is missing; frame and checksum are in order.
        case short
        /// Bytes come that are no frame.
        case garbage
        /// The reply bears the number of another request.
        case wrongSequence = "wrong-sequence"
        /// The medium is full: no step of a transfer can be stored.
        case full
        /// The medium can't be written to.
        case readOnly = "read-only"
    }

    /// What goes wrong.
    package let kind: Kind
    /// From which exchange on; at least 1.
    package let exchange: UInt32

    package init(_ kind: Kind, from exchange: UInt32 = 1) {
        self.kind = kind
        self.exchange = max(1, exchange)
    }

    /// Reads `KIND` or `KIND:NUMBER`; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = parts.first.flatMap({ Kind(rawValue: String($0)) }) else { return nil }
        guard parts.count == 2 else {
            self.init(kind)
            return
        }
        // Digits alone: `UInt32(_:)` would take a plus sign too.
        guard parts[1].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let exchange = UInt32(parts[1]), exchange >= 1
        else { return nil }
        self.init(kind, from: exchange)
    }

    /// `pull-before:3`.
    package var description: String { "\(kind.rawValue):\(exchange)" }

    /// Every kind, for a help text.
    package static var names: String { Kind.allCases.map(\.rawValue).joined(separator: ", ") }
}
