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
                MockedRun.tell(
                    "60 s idle with four dongles: \((end.ticks - start.ticks) * 10) ms of processor, "
                        + "\(end.waits(since: start)) waits, \(usb.bus.ioctls - ioctls) ioctls")
                #expect(end.ticks - start.ticks <= 1)
                #expect(end.waits(since: start) <= 10)
                #expect(usb.bus.ioctls == ioctls)
            }
        }
    }
#endif
