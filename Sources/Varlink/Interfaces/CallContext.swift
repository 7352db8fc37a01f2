package import LinuxSystem

/// What a handler knows of a call besides its parameters.
package struct CallContext: Sendable {
    /// Who is at the other end, as the kernel said when the connection was accepted.
    package let peer: PeerCredentials
    /// The connection that the call came on.
    package let connection: ConnectionIdentifier
    /// The fully qualified name of the method.
    package let method: String
    /// Whether the caller asked for more than one reply.
    package let wantsMore: Bool

    /// A context; a server makes one for each call, a test its own.
    package init(
        peer: PeerCredentials, connection: ConnectionIdentifier, method: String, wantsMore: Bool = false
    ) {
        self.peer = peer
        self.connection = connection
        self.method = method
        self.wantsMore = wantsMore
    }
}
