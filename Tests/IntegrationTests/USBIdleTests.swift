#if MOCKED_USB
    import Foundation
    import Glibc
    import MockUSB
    import Testing

    /// What the daemon costs while nothing happens.
    @Suite(.serialized, .enabled(if: MockedRun.isThis))
    struct USBIdleTests {
        @Test(.enabled(if: getenv("ALMD_MEASURE_IDLE") != nil, "takes a minute: make idle"))
        func doesNothingWhileNothingHappens() async throws {
            try await USBMachine.run { usb in
                for serial in ["A", "B", "C", "D"] { _ = try await usb.mount(try usb.dongle(serial, keys: 4)) }
                let ioctls = usb.bus.ioctls
                let start = try usb.usage()
                try await Task.sleep(for: .seconds(60))
                let end = try usb.usage()
                MockedRun.tell("60 s idle with four dongles: from \(start)")
                MockedRun.tell("60 s idle with four dongles: to   \(end)")
                let waits = end.waits(since: start)
                MockedRun.tell(
                    "60 s idle with four dongles: \((end.ticks - start.ticks) * 10) ms of processor, "
                        + "\(waits) waits of its threads, \(usb.bus.ioctls - ioctls) ioctls")
                #expect(end.ticks - start.ticks <= 1)
                // The thread that has libdispatch's events looks at the others once a second, in every process that has used
                // a queue (libdispatch: src/event/workqueue.c). No other wakes up.
                #expect(waits.prefix(1).allSatisfy { $0 <= 70 })
                #expect(waits.dropFirst().reduce(0, +) <= 10)
                #expect(usb.bus.ioctls == ioctls)
            }
        }
    }
#endif
