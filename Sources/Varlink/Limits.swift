/// Every cap of the library, in one place. What happens at each is said beside it; nothing here grows without a bound.
///
/// The defaults are those of a local service with small messages. A test or another service hands in its own.
package struct Limits: Sendable {
    /// The longest call a server reads, in bytes, without its NUL. A longer one is answered with an error, and the
    /// connection is closed: where the message would end is not known.
    package var callBytes = 256 * 1024

    /// The longest reply, in bytes, without its NUL. A server does not send a longer one (the call fails with
    /// ``VarlinkServerError/replyTooLong(bytes:limit:)``), a client does not read one (the connection is closed).
    /// Larger than a call, because lists are answers, not questions.
    package var replyBytes = 4 * 1024 * 1024

    /// How deep arrays and objects may be nested, the message's own object counted. Deeper ones are malformed.
    package var nesting = 32

    /// How many keys a message's own object, or its `parameters`, may have. More make it malformed.
    package var keys = 64

    /// The longest literal of a number, in bytes. A longer one is refused as an invalid parameter.
    package var numberBytes = 64

    /// Connections in all. One more is closed as soon as it is accepted.
    package var connections = 256

    /// Connections of one user identifier. One more is closed as soon as it is accepted.
    package var connectionsPerUser = 64

    /// The kernel's queue of connections that were not yet accepted.
    package var backlog: Int32 = 128

    /// How long a message may take from its first byte to its NUL; then its connection is closed. A connection
    /// without a message begun may stay silent for ever, and has no timer.
    package var messageTime: Duration = .seconds(30)

    /// How many bytes of replies may wait for a slow reader before nothing more is written for it: the next reply of
    /// a stream, or the next call, then waits until the reader took half of them.
    package var unsentBytes = 256 * 1024

    /// How long such a wait may last; then the reader's connection is closed.
    package var unsentTime: Duration = .seconds(30)

    /// How many calls a client may have under way on one connection; one more fails at once.
    package var outstandingCalls = 64

    /// The default limits.
    package init() {}
}
