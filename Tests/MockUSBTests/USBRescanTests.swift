#if MOCKED_USB
    import DongleProtocol
    import Dongles
    import Foundation
    import Licensing
    import MockUSB
    import TestKit
    import Testing
    import Vaults

    @testable import USBDongles

    /// Where the system can't tell of arrivals, dongles come and go over libusb all the same.
    @Suite(.serialized, .enabled(if: MockedRun.isThis))
    struct USBRescanTests {
        private static let obstacle = "udev does not run here"

        @Test func aDongleArrivesAnswersIsPulledOutAndComesBackToTheSameNode() async throws {
            try await USBHost.run(obstacle: Self.obstacle) { host in
                guard case .impossible(Self.obstacle, _) = host.source.report().hotplug else {
                    Issue.record("\(host.source.report())")
                    return
                }
                let sample = try Sample(keys: 3)
                // Nobody tells of anything.
                let plug = try host.bus.plug(sample.dongle, telling: .missed)
                let first = try host.arrival()
                #expect(first.announcedSerial?.description == "4711")
                #expect(try DongleVault(first.transport, announced: first.announcedSerial).keys().count == 3)
                try host.bus.unplug(plug, telling: .missed)
                #expect(try host.departure() == first.port)
                try host.bus.plug(sample.dongle, at: plug.address, telling: .missed)
                let second = try host.arrival()
                #expect(second.port != first.port)
                #expect(try DongleVault(second.transport, announced: second.announcedSerial).keys().count == 3)
                #expect(host.source.report().devices.map(\.node) == [plug.node])
            }
        }

        @Test func whatIsThereAtTheStartIsFound() async throws {
            let samples = try (0..<4).map { try Sample("S-\($0)") }
            for sample in samples { try MockBus.shared().plug(sample.dongle, telling: .missed) }
            try await USBHost.run(obstacle: Self.obstacle) { host in
                #expect(host.source.report().devices.count { $0.state == .inUse } == 4)
                let serials = try samples.map { _ in try host.arrival().announcedSerial?.description }
                #expect(Set(serials) == ["S-0", "S-1", "S-2", "S-3"])
            }
        }

        @Test(arguments: MockBus.Ending.allCases)
        func aTransferThatIsPendingAtTheUnplugSaysThatItWasPulled(_ ending: MockBus.Ending) async throws {
            try await USBHost.run(obstacle: Self.obstacle) { host in
                let sample = try Sample(faults: [.silent(from: 2)])
                try host.bus.plug(sample.dongle, telling: .missed)
                let arrival = try host.arrival()
                let vault = try DongleVault(arrival.transport, announced: arrival.announcedSerial)
                sample.dongle.pull(MockCut(.pending, transfer: 2, ending: ending))
                let error = #expect(throws: LicenceError.self) { try vault.keys() }
                #expect(error == LicenceError(.donglePulled, [.serial: "4711"]))
                #expect(try host.departure() == arrival.port)
            }
        }

        @Test func whatTheKernelAndUdevDoLateIsWaitedFor() async throws {
            try await USBHost.run(obstacle: Self.obstacle) { host in
                let plug = try host.bus.plug(try Sample("UNCONFIGURED").dongle, configured: false, telling: .missed)
                #expect(host.log.next()?.contains("are looked for every") == true)
                #expect(host.log.next()?.contains("the kernel has not configured it") == true)
                host.bus.configure(plug)
                #expect(try host.arrival().announcedSerial?.description == "UNCONFIGURED")
                let other = try host.bus.plug(try Sample("FORBIDDEN").dongle, permitted: false, telling: .missed)
                #expect(host.log.next()?.contains("the user that almd runs as may not open it") == true)
                host.bus.permit(other)
                #expect(try host.arrival().announcedSerial?.description == "FORBIDDEN")
            }
        }

        @Test func anotherDeviceThatHasComeToTheNodeMeanwhileIsNotOpened() throws {
            let bus = try MockBus.shared()
            let usb = SystemLibUSB()
            try usb.begin(listening: false)
            defer { usb.end() }
            let plug = try bus.plug(try Sample().dongle)
            let device = try #require(try usb.devices().keys.first)
            let handle = try usb.open(device)
            #expect(try usb.interfaces(of: handle).map(\.classCode) == [USBInterface.classCode])
            usb.close(handle)
            try bus.unplug(plug)
            #expect(throws: LibUSBError(.noDevice)) { try usb.open(device) }

            let stranger = try MockDongle(
                MemoryVault(
                    location: .usb(try #require(SerialNumber("4711"))), capacity: .dongle,
                    random: DeterministicRandom(seed: 5).source),
                identity: USBIdentity(vendor: 0x1209, product: 0x0002))
            let other = try bus.plug(stranger, at: plug.address)
            let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            for _ in 0..<10 { #expect(throws: LibUSBError(.noDevice)) { try usb.open(device) } }
            // The bus is in this process, too, and closes its own ends a little later.
            #expect(try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count < descriptors + 5)
            // Counted anew it is another device.
            #expect(try usb.devices().map(\.value.identity.product) == [0x0002])
            #expect(throws: LibUSBError(.noDevice)) { try usb.open(device) }
            try bus.unplug(other)
        }
    }
#endif
