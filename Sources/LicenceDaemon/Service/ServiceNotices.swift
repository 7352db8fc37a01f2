import Glibc
import Licensing
import LinuxSystem
import Logging

/// Tells the service manager how the daemon is, by `sd_notify(3)`; nothing where there is none.
struct ServiceNotices: Sendable {
    /// What can be told.
    enum Notice: Sendable, Hashable {
        /// The daemon is ready, and how it is.
        case ready(status: String)
        /// How it is, one sentence for `systemctl status`.
        case status(String)
        /// It was told to end, and is ending.
        case stopping
        /// It is alive.
        case alive

        /// The assignments that say so, one a line.
        var text: String {
            switch self {
            case .ready(let status): "READY=1\nSTATUS=\(Self.line(status))"
            case .status(let status): "STATUS=\(Self.line(status))"
            case .stopping: "STOPPING=1"
            case .alive: "WATCHDOG=1"
            }
        }

        /// What follows a line end would be taken for an assignment of its own.
        private static func line(_ text: String) -> String {
            String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isPrintable ? $0 : " " }))
        }
    }

    /// How long the service manager may take to receive one.
    static let patience = timeval(tv_sec: 5, tv_usec: 0)

    let address: NoticeAddress?
    let logger: Logger

    /// Tells it. One that does not arrive is named in the log, and the daemon goes on: what comes of it the service
    /// manager decides.
    func tell(_ notice: Notice) {
        guard let address else { return }
        let number = Self.send(Array(notice.text.utf8), to: address)
        if number != 0 {
            logger.warning("the service manager was not told \(notice): \(ErrorNumber.words(number))")
        }
    }

    /// - Returns: 0, or the error's number.
    private static func send(_ bytes: [UInt8], to address: NoticeAddress) -> Int32 {
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var patience = patience
        _ = setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        while true {
            let sent = address.withSocketAddress { pointer, length in
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, length) < 0 ? errno : 0
            }
            if sent != EINTR { return sent }
        }
    }
}
