#if MOCKED_USB
    import Foundation
    import Glibc
    import MockUSB
    import TestKit
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
                // The thread sanitizer has a thread of its own, which does.
                if ProcessInfo.processInfo.environment["ALMD_SANITIZER"] != "thread" {
                    #expect(wakings.suffix(2) == [0, 0], "its threads woke \(wakings) times in 5 s each")
                }
                #expect(usb.bus.ioctls == ioctls)
            }
        }

        @Test(.enabled(if: getenv("ALMD_MEASURE_IDLE") != nil, "takes a minute: make idle"))
        func doesNothingButPingWhileNothingHappens() async throws {
            let notices = try NoticeSocket("/var/tmp/almd-\(UUID().uuidString.prefix(8)).notify")
            setenv("NOTIFY_SOCKET", notices.name, 1)
            setenv("WATCHDOG_USEC", String(Self.watchdog), 1)
            defer { for name in ["NOTIFY_SOCKET", "WATCHDOG_USEC"] { unsetenv(name) } }
            try await USBMachine.run { usb in
                for serial in ["A", "B", "C", "D"] { _ = try await usb.mount(try usb.dongle(serial, keys: 4)) }
                // What the last mounting leaves to do is not what an idle daemon does.
                try await Task.sleep(for: .seconds(5))
                _ = notices.waiting()
                let ioctls = usb.bus.ioctls
                let start = try usb.usage()
                try await Task.sleep(for: .seconds(60))
                let end = try usb.usage()
                let pings = notices.waiting().count { $0 == "WATCHDOG=1" }
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
#endif
