#if MOCKED_USB
    import Foundation
    import Glibc
    import MockUSB
    import Testing

    /// What the daemon costs while nothing happens.
    @Suite(.serialized, .enabled(if: MockedRun.isThis))
    struct USBIdleTests {
        /// How long a service manager waits for a sign of life, in microseconds.
        private static let watchdog = 20_000_000

        /// Without a watchdog nothing at all is left to do: once what follows a mounting is over, no thread wakes.
        @Test func sleepsWhileNothingHappens() async throws {
            try await USBMachine.run { usb in
                for serial in ["A", "B", "C", "D"] { _ = try await usb.mount(try usb.dongle(serial, keys: 4)) }
                let ioctls = usb.bus.ioctls
                var wakings: [Int] = []
                repeat {
                    let start = try usb.usage()
                    try await Task.sleep(for: .seconds(5))
                    wakings.append(try usb.usage().waits(since: start).reduce(0, +))
                } while wakings.suffix(2) != [0, 0] && wakings.count < 8
                #expect(wakings.suffix(2) == [0, 0], "its threads woke \(wakings) times in 5 s each")
                #expect(usb.bus.ioctls == ioctls)
            }
        }

        @Test(.enabled(if: getenv("ALMD_MEASURE_IDLE") != nil, "takes a minute: make idle"))
        func doesNothingButPingWhileNothingHappens() async throws {
            let notices = try NoticeSocket()
            setenv("NOTIFY_SOCKET", notices.path, 1)
            setenv("WATCHDOG_USEC", String(Self.watchdog), 1)
            defer { for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC"] { unsetenv(name) } }
            try await USBMachine.run { usb in
                for serial in ["A", "B", "C", "D"] { _ = try await usb.mount(try usb.dongle(serial, keys: 4)) }
                // What the last mounting leaves to do is not what an idle daemon does.
                try await Task.sleep(for: .seconds(5))
                _ = notices.take()
                let ioctls = usb.bus.ioctls
                let start = try usb.usage()
                try await Task.sleep(for: .seconds(60))
                let end = try usb.usage()
                let pings = notices.take().count { $0 == "WATCHDOG=1" }
                MockedRun.tell("60 s idle with four dongles: from \(start)")
                MockedRun.tell("60 s idle with four dongles: to   \(end)")
                let waits = end.waits(since: start)
                MockedRun.tell(
                    "60 s idle with four dongles: \((end.nanoseconds - start.nanoseconds) / 1000) µs of processor, "
                        + "\(pings) pings, \(waits) waits of its threads, \(usb.bus.ioctls - ioctls) ioctls")
                #expect(end.nanoseconds - start.nanoseconds <= 10_000_000)
                // Twice in each interval of the watchdog, or a little more often.
                #expect((6...12).contains(pings))
                // A few threads take turns in each ping.
                #expect(waits.reduce(0, +) <= 10 * pings)
                #expect(usb.bus.ioctls == ioctls)
            }
        }
    }

    /// Where a service manager would hear how its services are.
    private final class NoticeSocket {
        let path: String
        private let descriptor: Int32

        init() throws {
            path = "/var/tmp/almd-\(UUID().uuidString.prefix(8)).notify"
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let bound = withUnsafePointer(to: &address) { address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(descriptor >= 0 && bound == 0)
        }

        deinit {
            close(descriptor)
            unlink(path)
        }

        /// The lines of what was told since; waits for nothing.
        func take() -> [String] {
            var lines: [String] = []
            var bytes = [UInt8](repeating: 0, count: 4096)
            while case let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT)), count >= 0 {
                lines += String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init)
            }
            return lines
        }
    }
#endif
