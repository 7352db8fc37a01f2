import DongleProtocol
import Glibc
package import Licensing
import LinuxSystem
import Synchronization

/// The device's end of a cable that is a connection: plugs a dongle in at a bus, and answers until the cable ends.
///
/// A client runs once.
package final class CableClient: Sendable {
    /// How a cable came to its end.
    package enum Ending: Sendable, Hashable {
        /// The daemon ended it.
        case hostEnded
        /// The daemon ended it before it had asked anything: there was no room for it, or its user may not plug in.
        case refused
        /// ``CableClient/stop()`` was called.
        case stopped
        /// A fault that was asked for pulled the cable.
        case pulled
        /// The daemon sent what is no frame.
        case garbled
    }

    private struct State {
        var socket: OpenSocket?
        var isStopped = false
    }

    private let state = Mutex(State())
    private let pause: Duration

    /// - Parameter pause: between two bytes of a slow reply.
    package init(pause: Duration = .milliseconds(20)) {
        self.pause = pause
    }

    /// Plugs `device` in at the bus, answers what the daemon asks, and returns when the cable has ended. Blocks.
    ///
    /// - Parameters:
    ///   - fault: what goes wrong on the cable; nil: nothing.
    ///   - whenPluggedIn: called once the cable is there.
    /// - Throws: `daemonNotRunning`, `daemonNotReachable`.
    package func run(
        _ device: DongleDevice, at busPath: String, fault: CableFault? = nil, whenPluggedIn: () -> Void = {}
    ) throws(LicenceError) -> Ending {
        let socket = try connected(to: busPath)
        let isStopped = state.withLock { state in
            state.socket = socket
            return state.isStopped
        }
        defer { state.withLock { $0.socket = nil } }
        guard !isStopped else { return .stopped }
        whenPluggedIn()
        let ending = withExtendedLifetime(socket) {
            serve(CableEnd(device, fault: fault), device, socket.descriptor)
        }
        return state.withLock { $0.isStopped } ? .stopped : ending
    }

    /// Pulls the cable. From any thread and any number of times; before ``run(_:at:fault:whenPluggedIn:)`` it makes that
    /// return at once.
    package func stop() {
        let socket = state.withLock { state in
            state.isStopped = true
            return state.socket
        }
        socket?.shutDown()
    }

    private func connected(to path: String) throws(LicenceError) -> OpenSocket {
        guard UnixAddress.isPossible(path) else {
            throw LicenceError(
                .daemonNotReachable,
                [.path: path, .reason: "a socket's path has 1 to \(UnixAddress.longestName) bytes"])
        }
        let number: Int32
        if let socket = OpenSocket() {
            number = UnixAddress.call(path) { connect(socket.descriptor, $0, $1) }
            if number == 0 { return socket }
        } else {
            number = errno
        }
        switch number {
        case ENOENT, ECONNREFUSED: throw LicenceError(.daemonNotRunning, .bus, [.path: path])
        default: throw LicenceError(.daemonNotReachable, [.path: path, .reason: ErrorNumber.words(number)])
        }
    }

    private func serve(_ end: CableEnd, _ device: DongleDevice, _ descriptor: Int32) -> Ending {
        var decoder = FrameDecoder()
        var wasAsked = false
        var buffer = [UInt8](repeating: 0, count: Frame.maximumSize)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return wasAsked ? .hostEnded : .refused }
            var bytes = buffer.prefix(count)
            do throws(FrameError) {
                while let frame = try decoder.next(from: &bytes) {
                    wasAsked = true
                    switch end.carry(frame.bytes) {
                    case .nothing: break
                    case .reply(let reply, let slowly):
                        guard send(reply, slowly: slowly, descriptor) else { return .hostEnded }
                    case .pull(let beginning):
                        _ = send(beginning, slowly: false, descriptor)
                        return .pulled
                    }
                }
            } catch {
                _ = send(device.unreadable, slowly: false, descriptor)
                return .garbled
            }
        }
    }

    /// Sends all of `bytes`; false where the other end is gone.
    private func send(_ bytes: [UInt8], slowly: Bool, _ descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = slowly ? rest.prefix(1) : rest
            let count = piece.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
            if slowly { Self.wait(pause) }
        }
        return true
    }

    private static func wait(_ duration: Duration) {
        let parts = duration.components
        var time = timespec(tv_sec: Int(parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
        nanosleep(&time, nil)
    }
}
