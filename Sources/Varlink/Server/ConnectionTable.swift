import LinuxSystem

/// Who is connected: counts against the caps, and tells when the last one is gone. A pure value; the server guards it.
struct ConnectionTable<Connection> {
    private let limits: Limits
    private var nextNumber: UInt64 = 1
    private var perUser: [UInt32: Int] = [:]
    /// Who is connected.
    private(set) var connections: [ConnectionIdentifier: Connection] = [:]
    private var users: [ConnectionIdentifier: UInt32] = [:]
    /// Whether new connections are turned away.
    private(set) var isStopping = false

    /// An empty table.
    init(limits: Limits) {
        self.limits = limits
    }

    /// Lets a connection in, or says why not. A connection counts until the last of its handlers has returned, not
    /// just until its socket is closed: else one could pile up work by connecting anew.
    mutating func admit(
        _ peer: PeerCredentials, _ make: (ConnectionIdentifier) -> Connection
    ) -> Result<(ConnectionIdentifier, Connection), Refused> {
        guard !isStopping else { return .failure(Refused(reason: .stopping)) }
        guard users.count < limits.connections else { return .failure(Refused(reason: .tooManyConnections)) }
        let ofUser = perUser[peer.user, default: 0]
        guard ofUser < limits.connectionsPerUser else { return .failure(Refused(reason: .tooManyOfOneUser)) }
        perUser[peer.user] = ofUser + 1
        let identifier = ConnectionIdentifier(number: nextNumber)
        nextNumber += 1
        users[identifier] = peer.user
        let connection = make(identifier)
        connections[identifier] = connection
        return .success((identifier, connection))
    }

    /// Takes a connection out.
    mutating func remove(_ identifier: ConnectionIdentifier) {
        connections[identifier] = nil
        guard let user = users.removeValue(forKey: identifier) else { return }
        let left = perUser[user, default: 1] - 1
        perUser[user] = left > 0 ? left : nil
    }

    /// Turns new connections away from now on.
    mutating func stop() {
        isStopping = true
    }

    /// Whether nobody is connected and nobody can be any more.
    var isFinished: Bool { isStopping && users.isEmpty }

    /// Why a connection was not let in.
    struct Refused: Error, Equatable {
        let reason: VarlinkServerEvent.Refusal
    }
}
