import Foundation
import Glibc
package import Licensing

/// What a service manager tells a service that it starts, in environment variables: `sd_notify(3)`,
/// `sd_watchdog_enabled(3)` and `sd_listen_fds(3)`. Without one there is nothing of all this.
package struct ServiceEnvironment: Sendable, Equatable {
    /// Where the service manager wants to be told that the daemon is ready.
    package var notices: NoticeAddress?
    /// How long the service manager waits for a sign of life before it ends the daemon and starts it again.
    package var watchdog: Duration?
    /// The listening socket that the service manager opened for the daemon.
    package var listener: Int32?

    /// None of it: a daemon that a person started.
    package static let none = ServiceEnvironment()

    package init(notices: NoticeAddress? = nil, watchdog: Duration? = nil, listener: Int32? = nil) {
        self.notices = notices
        self.watchdog = watchdog
        self.listener = listener
    }

    /// The variables this is made of.
    static let names = [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
    ]

    /// The first descriptor that is handed over (`SD_LISTEN_FDS_START`).
    static let firstDescriptor: Int32 = 3

    /// What the variables say to a process.
    ///
    /// What is meant for another process, as `LISTEN_PID` and `WATCHDOG_PID` tell, says nothing to this one. Variables
    /// that are there and make no sense are refused: the service would run, and never be known to be ready.
    ///
    /// - Parameter process: the id of the process that asks.
    /// - Throws: `usage`, with the variable and what is wrong with it.
    package init(variables: [String: String], process: Int32) throws(LicenceError) {
        if let text = variables["NOTIFY_SOCKET"] {
            guard let address = NoticeAddress(text) else {
                throw Self.refused("NOTIFY_SOCKET", text, "no address of a Unix socket")
            }
            notices = address
        }
        watchdog = try Self.watchdog(variables, process)
        listener = try Self.listener(variables, process)
    }

    /// What this process's variables say; they are gone then, so that nothing that it starts takes them for its own.
    ///
    /// To be called before the process has other threads that look at its variables.
    ///
    /// - Throws: `usage`.
    package static func taken() throws(LicenceError) -> ServiceEnvironment {
        let variables = ProcessInfo.processInfo.environment
        for name in names { unsetenv(name) }
        return try ServiceEnvironment(variables: variables, process: getpid())
    }

    private static func watchdog(
        _ variables: [String: String], _ process: Int32
    ) throws(LicenceError) -> Duration? {
        guard let text = variables["WATCHDOG_USEC"] else { return nil }
        guard let microseconds = Int64(text), microseconds > 0 else {
            throw refused("WATCHDOG_USEC", text, "no number of microseconds")
        }
        // Without it, it is for whoever has the variables.
        guard try number("WATCHDOG_PID", variables).map({ $0 == process }) ?? true else { return nil }
        return .microseconds(microseconds)
    }

    private static func listener(
        _ variables: [String: String], _ process: Int32
    ) throws(LicenceError) -> Int32? {
        guard try number("LISTEN_PID", variables) == process, let count = try number("LISTEN_FDS", variables),
            count > 0
        else { return nil }
        guard count == 1 else {
            let names = variables["LISTEN_FDNAMES"].map { " (\($0))" } ?? ""
            throw LicenceError(
                .usage,
                [
                    .reason: "the service manager hands over \(count) sockets\(names), and almd takes one",
                    .command: "let almd.socket have one ListenStream= and almd.service no further socket unit",
                ])
        }
        return firstDescriptor
    }

    private static func number(_ name: String, _ variables: [String: String]) throws(LicenceError) -> Int32? {
        guard let text = variables[name] else { return nil }
        guard let number = Int32(text) else { throw refused(name, text, "no number") }
        return number
    }

    private static func refused(_ name: String, _ value: String, _ reason: String) -> LicenceError {
        LicenceError(
            .usage,
            [
                .reason: "the environment variable \(name) is \(value), which is \(reason)",
                .command: "start almd with systemctl start almd, or unset the variable",
            ])
    }
}
