#if MOCKED_USB
    import DongleProtocol
    import Dongles
    import Licensing
    import MockUSB
    import TestKit
    import Testing
    import USBDongles
    import Vaults

    /// Whatever a device or its cable does, the host says what it was, and is none the worse for it.
    @Suite(.serialized, .enabled(if: MockedRun.isThis))
    struct USBFaultTests {
        /// What a fault of the second exchange, a list of keys, has to be told as; nil: nothing is wrong.
        static let faults: [(MockFault, LicenceError.Code?)] = [
            (.stallsRequests(from: 2), .dongleGarbled), (.stallsReplies(from: 2), .dongleGarbled),
            (.silent(from: 2), .dongleSilent), (.short(from: 2), .dongleSilent), (.garbage(from: 2), .dongleGarbled),
            (.wrongSequence(from: 2), .dongleGarbled), (.surplus(from: 2), .dongleGarbled),
            (.babbles(from: 2), .dongleGarbled), (.error(from: 2), .dongleGarbled), (.empties(from: 2), .dongleGarbled),
            (.slow(.milliseconds(20), from: 1), nil), (.settingStalls, nil),
        ]

        private static let times = DongleTimes(operation: .milliseconds(400))

        @Test(arguments: MockSpeed.allCases, faults)
        func aFaultIsToldAndEndsTheConversation(
            _ speed: MockSpeed, _ row: (fault: MockFault, code: LicenceError.Code?)
        ) async throws {
            try await USBHost.run { host in
                let sample = try Sample(keys: 3, speed: speed, faults: [row.fault])
                let healthy = try Sample("HEALTHY")
                let (sound, soundArrival) = try host.plug(healthy.dongle)
                let other = try DongleVault(soundArrival.transport)
                let (plug, arrival) = try host.plug(sample.dongle)
                let vault = try DongleVault(arrival.transport, announced: arrival.announcedSerial, times: Self.times)
                if let code = row.code {
                    let error = #expect(throws: LicenceError.self) { try vault.keys() }
                    #expect(error?.code == code, "\(error.map { "\($0)" } ?? "")")
                    // Nothing is asked any more.
                    let requests = sample.dongle.history.requests
                    #expect(throws: try #require(error)) { try vault.keys() }
                    #expect(sample.dongle.history.requests == requests)
                } else {
                    #expect(try vault.keys().count == 3)
                }
                #expect(try other.keys().count == 1)
                // Plugged in again it is as good as new.
                try host.unplug(plug, arrival.port)
                sample.dongle.set([])
                let (again, back) = try host.plug(sample.dongle, at: plug.address)
                #expect(try DongleVault(back.transport, announced: back.announcedSerial).keys().count == 3)
                try host.unplug(again, back.port)
                try host.unplug(sound, soundArrival.port)
            }
        }

        @Test(arguments: MockBus.Ending.allCases)
        func aTransferThatIsPendingAtTheUnplugSaysThatItWasPulled(_ ending: MockBus.Ending) async throws {
            try await USBHost.run { host in
                let sample = try Sample(faults: [.silent(from: 2)])
                let (_, arrival) = try host.plug(sample.dongle)
                let vault = try DongleVault(arrival.transport, announced: arrival.announcedSerial)
                // The first transfer is that of the request, the second that for its reply.
                sample.dongle.pull(MockCut(.pending, transfer: 2, ending: ending))
                let error = #expect(throws: LicenceError.self) { try vault.keys() }
                #expect(error == LicenceError(.donglePulled, [.serial: "4711"]))
                #expect(try host.departure() == arrival.port)
            }
        }

        @Test(arguments: [MockBus.Messages.one, .doubled], MockBus.Messages.allCases)
        func arrivalAndDepartureAreToldOnceHoweverOftenTheKernelTellsThem(
            _ coming: MockBus.Messages, _ going: MockBus.Messages
        ) async throws {
            try await USBHost.run { host in
                let sample = try Sample()
                let plug = try host.bus.plug(sample.dongle, telling: coming)
                let first = try host.arrival()
                // A departure that the kernel does not tell is still seen on the node that is open.
                try host.bus.unplug(plug, telling: going)
                #expect(try host.departure() == first.port)
                try host.bus.plug(sample.dongle, at: plug.address, telling: coming)
                let second = try host.arrival()
                #expect(second.port != first.port)
                #expect(try DongleVault(second.transport).keys().count == 1)
                await host.close()
                #expect(try host.departure() == second.port)
                #expect(host.isAtEnd())
            }
        }

        @Test func aDongleWhoseArrivalTheKernelDidNotTellIsFoundWithTheNextThingThatItTells() async throws {
            try await USBHost.run { host in
                let missed = try Sample("MISSED")
                let plug = try host.bus.plug(missed.dongle, telling: .missed)
                let other = try host.bus.plug(try Sample("TOLD").dongle)
                let arrivals = [try host.arrival(), try host.arrival()]
                #expect(Set(arrivals.map { $0.announcedSerial?.description }) == ["MISSED", "TOLD"])
                let found = try #require(arrivals.first { $0.announcedSerial?.description == "MISSED" })
                let vault = try DongleVault(found.transport, announced: found.announcedSerial)
                #expect(try vault.keys().count == 1)
                // Of what libusb does not know it does not tell the departure; whoever uses it notices.
                try host.bus.unplug(plug, telling: .missed)
                #expect(throws: LicenceError(.donglePulled, [.serial: "MISSED"])) { try vault.keys() }
                #expect(try host.departure() == found.port)
                // The same where it is told of something else.
                try host.bus.plug(missed.dongle, telling: .missed)
                try host.bus.unplug(other)
                let others = [try #require(host.event()), try #require(host.event())]
                #expect(others.count { if case .arrived = $0 { true } else { false } } == 1)
            }
        }

        @Test func whatIsPluggedInAtTheStartIsFound() async throws {
            let samples = try (0..<4).map { try Sample("S-\($0)") }
            for sample in samples { try MockBus.shared().plug(sample.dongle) }
            try await USBHost.run { host in
                #expect(host.source.report().devices.count { $0.state == .inUse } == 4)
                #expect(host.source.report().hotplug == .working)
                let serials = try samples.map { _ in try host.arrival().announcedSerial?.description }
                #expect(Set(serials) == ["S-0", "S-1", "S-2", "S-3"])
            }
            #expect(samples.allSatisfy { $0.dongle.history.claims == 1 && $0.dongle.history.releases == 1 })
        }

        @Test func aDongleThatAnotherProgramUsesIsNamedAndTriedAgain() async throws {
            try await USBHost.run { host in
                let sample = try Sample(faults: [.busy])
                try host.bus.plug(sample.dongle)
                #expect(host.log.next()?.contains("another program or a driver of the kernel uses it") == true)
                #expect(host.source.report().devices.map(\.state) == [.trouble(.claimedByAnother)])
                // About a second of attempts, and then none until something happens.
                #expect((2...10).contains(sample.dongle.history.claims))
                sample.dongle.set([])
                let other = try Sample("OTHER")
                try host.bus.plug(other.dongle)
                let serials = [try host.arrival(), try host.arrival()].map { $0.announcedSerial?.description }
                #expect(Set(serials) == ["4711", "OTHER"])
            }
        }

        @Test func aDongleThatIsConfiguredLateIsWaitedFor() async throws {
            try await USBHost.run { host in
                let sample = try Sample()
                try host.bus.plug(sample.dongle, configuredAfter: 2)
                #expect(try host.arrival().announcedSerial?.description == "4711")
                #expect(sample.dongle.history.unconfigured == 2)
            }
        }

        @Test func aDongleThatIsNeverConfiguredIsNamed() async throws {
            try await USBHost.run { host in
                let sample = try Sample()
                try host.bus.plug(sample.dongle, configured: false)
                #expect(host.log.next()?.contains("the kernel has not configured it") == true)
                #expect(host.source.report().devices.map(\.state) == [.trouble(.notConfigured)])
                #expect(sample.dongle.history.claims == 0)
            }
        }

        @Test func aDongleWhosePermissionsComeLateIsOpenedWhenTheyCome() async throws {
            try await USBHost.run { host in
                let sample = try Sample()
                let plug = try host.bus.plug(sample.dongle, permitted: false)
                #expect(host.log.next()?.contains("the user that almd runs as may not open it") == true)
                // Long after the second in which it was tried: the watch on the folder sees it.
                host.bus.permit(plug)
                #expect(try host.arrival().announcedSerial?.description == "4711")
            }
        }

        @Test func aDongleThatTellsNoSerialNumberIsNamed() async throws {
            try await USBHost.run { host in
                let sample = try Sample(faults: [.serialStalls])
                try host.bus.plug(sample.dongle)
                #expect(host.log.next()?.contains("it has no serial number") == true)
                #expect(host.source.report().devices.map(\.state) == [.trouble(.serialUnusable)])
            }
        }

        @Test func aDongleThatGreetsWithAnotherSerialNumberThanItsDescriptorTellsIsRefused() async throws {
            try await USBHost.run { host in
                let sample = try Sample("4711", announcing: "4712")
                let arrival = try host.plug(sample.dongle).arrival
                #expect(arrival.announcedSerial?.description == "4712")
                let error = #expect(throws: LicenceError.self) {
                    try DongleVault(arrival.transport, announced: arrival.announcedSerial)
                }
                #expect(error?.code == .dongleGarbled)
            }
        }

        @Test func twoOfOneSerialNumberAreBothToldOf() async throws {
            try await USBHost.run { host in
                let (first, second) = (try Sample(), try Sample())
                let one = try host.plug(first.dongle).arrival
                let other = try host.plug(second.dongle).arrival
                #expect(one.announcedSerial == other.announcedSerial)
                #expect(one.port != other.port)
            }
        }
    }
#endif
