import DongleProtocol
package import Licensing
import LinuxSystem
package import NIOCore
import NIOPosix
import Synchronization

/// The bus for file-backed dongles: a Unix socket, each connection to it a cable.
///
/// Connecting is plugging in, and the connection's end is pulling out, noticed by the event loop without polling. Who
/// may plug in is asked of the kernel for each connection; whoever may not is cut off without a word.
package final class CableListener: DongleSource {
    /// Where and for whom the bus is.
    package struct Settings: Sendable {
        /// The path of the socket, at most 107 bytes.
        package var path: String
        /// Its permission bits.
        package var mode: UInt32
        /// The group of its file; nil: the daemon's own.
        package var group: UInt32?
        /// How many cables there may be at a time; one more is cut off.
        package var cables: Int

        package init(path: String, mode: UInt32 = 0o600, group: UInt32? = nil, cables: Int = DongleCaps.cables) {
            self.path = path
            self.mode = mode
            self.group = group
            self.cables = cables
        }
    }

    /// Whether a user with these groups, its own one among them, may plug in.
    package typealias Admission = @Sendable (_ user: UInt32, _ groups: [UInt32]) -> Bool

    /// Who plugged in and who left; as many cables at a time as the settings allow.
    package let events: DongleEvents

    private struct State {
        var transports: [DonglePort: CableTransport] = [:]
        var isClosed = false
    }

    private let name: SocketName
    private let state = Mutex(State())
    private let server = Mutex<(any Channel)?>(nil)

    private init(_ name: SocketName, cables: Int) {
        self.name = name
        events = DongleEvents(capacity: cables)
    }

    /// Opens the bus.
    ///
    /// - Throws: `socketUnusable` where the path is too long, can't be bound, has something else on it, or another process
    ///   listens there.
    package static func open(
        _ settings: Settings, on group: any EventLoopGroup, admitting admission: @escaping Admission
    ) async throws(LicenceError) -> CableListener {
        let socket = try BusSocket(path: settings.path, mode: settings.mode, group: settings.group)
        let listener = CableListener(socket.name, cables: settings.cables)
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 16)
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let operations = channel.pipeline.syncOperations
                        let peer = try operations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
                            PeerCredentials(ofPeerOf: $0)
                        }
                        let isAdmitted = (peer ?? nil).map { admission($0.user, $0.groups) } ?? false
                        try operations.addHandler(CableHandler(listener, isAdmitted: isAdmitted))
                    }
                }
                .withBoundSocket(socket.descriptor)
                .get()
            listener.server.withLock { $0 = channel }
        } catch {
            socket.name.remove()
            throw LicenceError(.socketUnusable, [.path: settings.path, .reason: "\(error)"])
        }
        return listener
    }

    /// Closes the bus: every cable ends, the socket's name is removed, and the events end.
    package func close() async {
        let transports = state.withLock { state in
            state.isClosed = true
            return Array(state.transports.values)
        }
        let channel = server.withLock { server in
            defer { server = nil }
            return server
        }
        try? await channel?.close().get()
        for transport in transports { transport.close() }
        name.remove()
        events.finish()
    }

    /// A cable was plugged in; nil where there is no room for it.
    func plugged(_ channel: any Channel) -> (port: DonglePort, transport: CableTransport)? {
        let (port, transport) = (DonglePort(source: "bus"), CableTransport(channel))
        let isOpen = state.withLock { state in
            if !state.isClosed { state.transports[port] = transport }
            return !state.isClosed
        }
        guard isOpen, events.arrive(DongleArrival(port: port, transport: transport)) else {
            state.withLock { $0.transports[port] = nil }
            return nil
        }
        return (port, transport)
    }

    /// A cable was pulled out.
    func unplugged(_ port: DonglePort) {
        state.withLock { $0.transports[port] = nil }
        events.depart(port)
    }
}
