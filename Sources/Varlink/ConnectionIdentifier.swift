/// Names one connection of a server. Never used again by that server, and meaningless to anyone else.
package struct ConnectionIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// The connection's number, counted from the server's start.
    package let number: UInt64

    /// The identifier with that number; for tests of what is keyed by it. A server counts its own.
    package init(number: UInt64) {
        self.number = number
    }

    package var description: String { "connection \(number)" }
}
