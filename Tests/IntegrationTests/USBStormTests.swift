#if MOCKED_USB
    import Control
    import Foundation
    import MockUSB
    import TestKit
    import Testing

    /// The daemon under more plugging than any person does.
    @Suite(.serialized, .enabled(if: MockedRun.isThis))
    struct USBStormTests {
        @Test func aThousandPlugsLeaveNothingBehind() async throws {
            try await USBMachine.run { usb in
                let dongle = try usb.dongle("4711", keys: 4)
                let (warmUp, plugs) = (100, 1_000)
                var (done, plug, before): (Int, MockBus.Plug?, USBMachine.Usage?) = (0, nil, nil)
                try await usb.watch { event in
                    switch event.kind {
                    case "mounted": try usb.bus.unplug(try #require(plug))
                    case "unmounted":
                        done += 1
                        if done == warmUp { before = try usb.usage() }
                        if done == warmUp + plugs { return false }
                        fallthrough
                    case "ready": plug = try usb.bus.plug(dongle)
                    default: break
                    }
                    return true
                }
                let (start, end) = (try #require(before), try usb.usage())
                MockedRun.tell("after \(warmUp) plugs: \(start)")
                MockedRun.tell("after \(plugs) more: \(end)")
                // At the moment of an event the last plug's node may be open still, and a thread be on its way.
                #expect(end.descriptors <= start.descriptors + 4)
                #expect(end.threads <= start.threads + 4)
                // Half a KiB for each plug: a device, a handle and a transfer of libusb that were left behind have more.
                // Under `make sanitize` memory is not judged: a sanitizer keeps what was freed, to see who uses it still.
                if ProcessInfo.processInfo.environment["ALMD_SANITIZER"] == nil {
                    #expect(end.anonymous - start.anonymous < plugs / 2)
                }
                #expect(dongle.history.claims == warmUp + plugs)
                // Each plug is one conversation, begun anew on both sides.
                #expect(dongle.history.settings == warmUp + plugs)
            }
        }

        @Test(arguments: [1, 2] as [UInt64])
        func aStormLeavesWhatIsThereMounted(_ seed: UInt64) async throws {
            try await USBMachine.run { usb in
                _ = try await usb.mount(try usb.dongle("HEALTHY", keys: 3))
                let random = DeterministicRandom(seed: seed)
                let faults: [Set<MockFault>] = [
                    [], [], [], [.slow(.milliseconds(5), from: 1)], [.babbles(from: 1)], [.garbage(from: 1)],
                    [.busy], [.stallsReplies(from: 1)], [.silent(from: 1)],
                ]
                // The last two bear one serial number.
                let dongles = try (0..<10).map { index in
                    let fault = index < faults.count ? faults[index] : []
                    return (
                        isSound: fault.isEmpty, dongle: try usb.dongle(index > 8 ? "D-0" : "D-\(index)", faults: fault)
                    )
                }
                var plugs = [MockBus.Plug?](repeating: nil, count: dongles.count)
                let messages = MockBus.Messages.allCases
                for step in 0..<300 {
                    let index = Int(random.next() % UInt64(dongles.count))
                    let ending = random.next() % 2 == 0 ? MockBus.Ending.noDevice : .plainError
                    if let plug = plugs[index] {
                        plugs[index] = nil
                        try usb.bus.unplug(plug, ending: ending, telling: random.next() % 2 == 0 ? .one : .doubled)
                    } else {
                        plugs[index] = try usb.bus.plug(
                            dongles[index].dongle, telling: messages[1 + Int(random.next() % 2)])
                    }
                    if step % 25 == 0 { #expect(try await usb.keys(at: "HEALTHY") == 3) }
                }
                // Everything in, then everything as it has to be.
                for index in plugs.indices where plugs[index] == nil {
                    plugs[index] = try usb.bus.plug(dongles[index].dongle)
                }
                let expected = Set(dongles.filter(\.isSound).map { "usb:\($0.dongle.announcedSerial)" })
                    .union(["local", "usb:HEALTHY", "usb:D-3"])
                let asker = try await ControlClient.connect(path: usb.machine.socket)
                try await usb.watch { _ in
                    let places = try await asker.call(Calls.List()).places
                    return Set(places.filter { $0.state == "READY" }.map(\.location)) != expected
                }
                await asker.close()
                #expect(try await usb.keys(at: "HEALTHY") == 3)
            }
        }
    }
#endif
