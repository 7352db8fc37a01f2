package import LinuxSystem

/// What a server tells of itself, for a log or a test. Called on an event loop: return soon.
package enum VarlinkServerEvent: Sendable {
    /// A connection was accepted.
    case accepted(ConnectionIdentifier, PeerCredentials)
    /// A connection was closed as soon as it was accepted.
    case turnedAway(Refusal, PeerCredentials?)
    /// A connection has ended, and with it the last of its handlers.
    case ended(ConnectionIdentifier, End)

    /// Why a connection was turned away.
    package enum Refusal: Equatable, Sendable {
        /// ``Limits/connections`` are there already.
        case tooManyConnections
        /// ``Limits/connectionsPerUser`` of this user are there already.
        case tooManyOfOneUser
        /// The kernel didn't say who it is.
        case unknownPeer
        /// The server is stopping.
        case stopping
    }

    /// Why a connection ended.
    package enum End: Equatable, Sendable {
        /// The peer closed it, or it broke.
        case closedByPeer
        /// A message was at fault.
        case fault(MessageFault)
        /// A message that was begun wasn't complete within ``Limits/messageTime``.
        case messageTookTooLong
        /// The peer read nothing for ``Limits/unsentTime`` while replies waited for it.
        case readerTooSlow
        /// The server stopped.
        case stopped
    }
}
