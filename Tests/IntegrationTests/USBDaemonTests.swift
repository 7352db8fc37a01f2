#if MOCKED_USB
    import Control
    import Foundation
    import MockUSB
    import Testing

    /// The daemon itself with dongles on USB, in whatever state they are.
    @Suite(.serialized, .enabled(if: MockedRun.isThis))
    struct USBDaemonTests {
        /// A fault that shows when the dongle is greeted, and the daemon's words for it.
        static let faults: [(MockFault, String)] = [
            (.stallsRequests(from: 1), "dongle 4711 answered what no dongle should: it sent nothing"),
            (.stallsReplies(from: 1), "dongle 4711 answered what no dongle should: it sent nothing"),
            (.error(from: 1), "dongle 4711 answered what no dongle should: it sent nothing"),
            (.garbage(from: 1), "dongle 4711 answered what no dongle should: it sent bytes that are no frame"),
            (.wrongSequence(from: 1), "dongle 4711 answered what no dongle should: it sent the answer to another"),
            (.surplus(from: 1), "dongle 4711 answered what no dongle should: it sent more than one frame"),
            (.babbles(from: 1), "dongle 4711 answered what no dongle should: it sent more than it may"),
            (.empties(from: 1), "dongle 4711 answered what no dongle should: it sent empty packets, again and again"),
            (.silent(from: 1), "dongle 4711 does not answer"),
            (.short(from: 1), "dongle 4711 does not answer"),
            (.busy, "another program or a driver of the kernel uses it"),
            (.serialStalls, "it has no serial number, or one that no dongle may have"),
        ]

        @Test func namesEveryFaultAndGoesOnWithTheOthers() async throws {
            try await USBMachine.run { usb in
                let healthy = try usb.dongle("HEALTHY", keys: 3)
                let slow = try usb.dongle("SLOW", keys: 2, faults: [.slow(.milliseconds(30), from: 1)])
                _ = try await usb.mount(healthy)
                _ = try await usb.mount(slow)
                for (fault, words) in Self.faults {
                    let lines = usb.daemon.count(of: words)
                    let plug = try usb.bus.plug(try usb.dongle("4711", faults: [fault]))
                    #expect(await usb.daemon.prints(words, times: lines + 1), "\(fault)")
                    #expect(try await usb.keys(at: "4711") == nil, "\(fault)")
                    #expect(try await usb.keys(at: "HEALTHY") == 3, "\(fault)")
                    try usb.bus.unplug(plug)
                }
                #expect(try await usb.keys(at: "SLOW") == 2)
                // The next one with that serial number is none the worse for it.
                let plug = try await usb.mount(try usb.dongle("4711", keys: 5))
                #expect(try await usb.keys(at: "4711") == 5)
                try usb.bus.unplug(plug)
            }
        }

        @Test func waitsForWhatTheKernelAndUdevDoLate() async throws {
            try await USBMachine.run { usb in
                let late = try usb.dongle("UNCONFIGURED")
                try await usb.event("mounted", "UNCONFIGURED") { try usb.bus.plug(late, configuredAfter: 2) }
                #expect(late.history.unconfigured == 2)
                let plug = try usb.bus.plug(try usb.dongle("FORBIDDEN"), permitted: false)
                #expect(await usb.daemon.prints("the user that almd runs as may not open it"))
                #expect(await usb.daemon.prints("udevadm trigger"))
                try await usb.event("mounted", "FORBIDDEN") { usb.bus.permit(plug) }
            }
        }

        @Test func refusesTheSecondOfOneSerialNumberUntilTheFirstIsGone() async throws {
            try await USBMachine.run { usb in
                let (first, second) = (try usb.dongle("4711", keys: 1), try usb.dongle("4711", keys: 1))
                let plug = try await usb.mount(first)
                let refusal = try await usb.event("refused", "4711") { try usb.bus.plug(second) }
                #expect(refusal.detail == "a second dongle with serial number 4711 was refused")
                // The second takes the first one's place.
                try await usb.event("mounted", "4711") { try usb.bus.unplug(plug) }
                #expect(try await usb.keys(at: "4711") == 1)
            }
        }

        /// The kernel ends what waits for a reply in the one way or the other.
        @Test(arguments: MockBus.Ending.allCases)
        func saysThatADongleWasPulledOutWhileItWaitedForIt(_ ending: MockBus.Ending) async throws {
            try await USBMachine.run { usb in
                let dongle = try usb.dongle("4711", keys: 3)
                _ = try await usb.mount(dongle)
                // The request is the first transfer from now on, and its reply the second.
                dongle.pull(MockCut(.pending, transfer: 2, ending: ending))
                var asked: PlaceEntry?
                try await usb.watch { event in
                    if event.kind == "ready" {
                        asked = try await usb.machine.places().first { $0.location == "usb:4711" }
                    }
                    return event.kind != "unmounted"
                }
                #expect(asked?.state == "REFUSED")
                #expect(asked?.problem == "dongle 4711 was pulled out")
                #expect(try await usb.keys(at: "4711") == nil)
                _ = try await usb.mount(dongle)
                #expect(try await usb.keys(at: "4711") == 3)
            }
        }

        @Test func refusesADongleThatCameBackOlderUntilAnAdministratorAcceptsIt() async throws {
            try await USBMachine.run { usb in
                let ahead = try usb.dongle("4711", keys: 5)
                try await usb.unmount(try await usb.mount(ahead), ahead)
                let behind = try usb.dongle("4711", keys: 2)
                let refusal = try await usb.event("refused", "4711") { try usb.bus.plug(behind) }
                let words = "dongle 4711 came back older than it was, as one restored from a copy does"
                #expect(refusal.detail == words)
                let place = try await usb.machine.places().first { $0.location == "usb:4711" }
                #expect(place?.state == "REFUSED")
                #expect(place?.problem == words)
                #expect(place?.cure?.contains("almctl dongle accept 4711") == true)
                try await usb.watch { event in
                    if event.kind == "ready" {
                        let accepted = try await usb.machine.almctl(["dongle", "accept", "4711"])
                        #expect(accepted.status == 0)
                    }
                    return event.kind != "mounted"
                }
                #expect(try await usb.keys(at: "4711") == 2)
                #expect(usb.daemon.count(of: "accepted by an administrator") == 1)
            }
        }

        @Test func mountsWhatWasThereBeforeItStarted() async throws {
            let bus = try MockBus.shared()
            let serials = ["A", "B", "C", "D"]
            for serial in serials { try bus.plug(try USBMachine.dongle(serial, keys: 2)) }
            try await USBMachine.run { usb in
                let places = try await usb.machine.places().filter { $0.state == "READY" && $0.keys == 2 }
                #expect(places.map(\.location) == serials.map { "usb:\($0)" })
            }
        }
    }
#endif
