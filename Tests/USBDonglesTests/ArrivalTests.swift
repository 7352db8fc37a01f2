import DongleProtocol
import Dongles
import Testing
import Vaults

@testable import USBDongles

/// Arrivals and departures that are missed, doubled, early or late.
@Suite(.timeLimit(.minutes(1)))
struct ArrivalTests {
    @Test func whatIsPluggedInLaterIsTold() async throws {
        let bench = try await USBBench.start()
        bench.usb.plug(1, .init("FIRST"))
        #expect(try await bench.arrival().announcedSerial == SerialNumber("FIRST"))
        await bench.close()
    }

    @Test func aMissedArrivalIsFoundWithTheNext() async throws {
        let bench = try await USBBench.start()
        bench.usb.plug(1, .init("MISSED"), telling: false)
        bench.usb.plug(2, .init("TOLD", at: 5))
        let told = [try await bench.arrival(), try await bench.arrival()].map(\.announcedSerial)
        #expect(Set(told) == [SerialNumber("MISSED"), SerialNumber("TOLD")])
        await bench.close()
    }

    @Test func aDoubledArrivalIsOne() async throws {
        let bench = try await USBBench.start()
        bench.usb.plug(1, .init("FIRST"))
        bench.usb.tell()
        bench.usb.tell()
        let arrival = try await bench.arrival()
        bench.usb.tell()
        bench.usb.unplug(1)
        #expect(try await bench.departure() == arrival.port)
        #expect(bench.usb.calls.filter { $0 == "open 1" }.count == 1)
        await bench.close()
    }

    @Test func anUnconfiguredDeviceIsOpenedOnceItIsConfigured() async throws {
        let bench = try await USBBench.start { $0.interfacesErrors = [LibUSBError(.notFound), LibUSBError(.notFound)] }
        #expect(bench.state() == .inUse)
        let failed = ["open 1", "interfaces 1", "close 1"]
        let expected: [String] = failed + failed + StartTests.opening(1)
        #expect(Array(bench.usb.calls.dropFirst(3)) == expected)
        await bench.close()
    }

    @Test func aDeviceThatNeverGetsAConfigurationIsReported() async throws {
        let bench = try await USBBench.start {
            $0.interfacesErrors = Array(repeating: LibUSBError(.notFound), count: 100)
        }
        #expect(bench.state() == .trouble(.notConfigured))
        #expect(bench.usb.calls.filter { $0 == "open 1" }.count == 7)
        await bench.close()
    }

    @Test func permissionThatComesLateIsWaitedFor() async throws {
        let bench = try await USBBench.start { $0.openErrors = Array(repeating: LibUSBError(.access), count: 6) }
        #expect(bench.state() == .inUse)
        await bench.close()
    }

    @Test func permissionThatComesMuchLaterIsNoticedWithoutAnEvent() async throws {
        let bench = try await USBBench.start { $0.openErrors = Array(repeating: LibUSBError(.access), count: 1000) }
        // The roll is called once more after the watch is there, for what changed before.
        await bench.usb.until { $0.calls.filter { $0 == "open 1" }.count == 8 }
        #expect(await bench.stateOnceOpened() == .trouble(.noPermission))
        #expect(bench.watches.folders == ["/dev/bus/usb/001"])
        bench.usb.change(1) { $0.openErrors = [] }
        bench.watches.change("/dev/bus/usb/001")
        #expect(try await bench.arrival().announcedSerial == SerialNumber("FIRST"))
        await bench.close()
        #expect(bench.watches.folders == [])
    }

    @Test func twoDevicesWithoutPermissionAreLeftInPeace() async throws {
        let usb = RecordingUSB()
        for number: UInt in 1...2 {
            var device = RecordingUSB.Device("DONGLE-\(number)", at: UInt8(number))
            device.facts = USBDeviceFacts(
                identity: .standard, serialIndex: 3, bus: UInt8(number), address: UInt8(number))
            device.openErrors = Array(repeating: LibUSBError(.access), count: 100_000)
            usb.plug(number, device)
        }
        let bench = try await USBBench.start(usb)
        await usb.until { state in
            state.calls.filter { $0 == "open 1" }.count >= 8 && state.calls.filter { $0 == "open 2" }.count >= 8
        }
        // Each event may cost each of them a few attempts, and nothing may go on by itself.
        for _ in 1...5 {
            let before = usb.calls.count
            usb.tell()
            await usb.until { $0.calls.count > before }
        }
        await bench.close()
        let attempts = usb.calls.filter { $0.hasPrefix("open") }.count
        // Each of them: seven at the arrival, three for the watches, and two for each event.
        #expect(attempts < 40)
        #expect(bench.watches.folders == [])
    }

    @Test func whatAnotherProgramHasIsTriedAgainWithTheNextEvent() async throws {
        let bench = try await USBBench.start { $0.claimErrors = Array(repeating: LibUSBError(.busy), count: 7) }
        #expect(bench.state() == .trouble(.claimedByAnother))
        #expect(!bench.usb.calls.contains("release 1"))
        bench.usb.plug(2, .init("SECOND", at: 5))
        let told = [try await bench.arrival(), try await bench.arrival()].map(\.announcedSerial)
        #expect(Set(told) == [SerialNumber("FIRST"), SerialNumber("SECOND")])
        await bench.close()
    }

    @Test func aChangeDuringTheLastAttemptIsNotMissed() async throws {
        let bench = try await USBBench.start(times: USBTimes(retries: []))
        let gate = await bench.plugHeldUp { $0.claimErrors = [LibUSBError(.busy)] }
        bench.usb.tell()
        await bench.usb.until { $0.calls.filter { $0 == "devices" }.count == 3 }
        gate.open()
        _ = try await bench.arrival()
        await bench.close()
    }

    @Test func anotherDeviceAtTheSameAddressIsAnother() async throws {
        let bench = try await USBBench.start()
        bench.usb.plug(1, .init("FIRST"))
        let first = try await bench.arrival()
        bench.usb.unplug(1, telling: false)
        bench.usb.plug(2, .init("FIRST"))
        var events: [String] = []
        var iterator = bench.source.events.makeAsyncIterator()
        for _ in 0..<2 {
            switch await iterator.next() {
            case .arrived(let arrival): events.append(arrival.port == first.port ? "the first again" : "another")
            case .departed(let port): events.append(port == first.port ? "the first is gone" : "another is gone")
            case nil: break
            }
        }
        #expect(events.sorted() == ["another", "the first is gone"])
        await bench.close()
    }

    @Test func whatIsPulledOutWhileItIsOpenedIsNotTold() async throws {
        let bench = try await USBBench.start()
        let gate = await bench.plugHeldUp()
        bench.usb.unplug(1)
        await bench.usb.until { $0.calls.filter { $0 == "devices" }.count == 3 }
        gate.open()
        await bench.usb.until { $0.calls.contains("close 1") }
        #expect(bench.source.report().devices == [])
        await bench.close()
        #expect(await bench.isAtEnd())
    }

    @Test func aDeviceThatTheDaemonPutsAsideIsLeftAloneUntilItIsPluggedInAnew() async throws {
        let bench = try await USBBench.start()
        bench.usb.plug(1, .init("FIRST"))
        let arrival = try await bench.arrival()
        arrival.transport.close()
        arrival.transport.close()
        #expect(try await bench.departure() == arrival.port)
        await bench.usb.until { $0.calls.contains("close 1") }
        bench.usb.tell()
        bench.usb.plug(2, .init("SECOND", at: 5))
        #expect(try await bench.arrival().announcedSerial == SerialNumber("SECOND"))
        #expect(bench.state() == .trouble(.putAside))
        #expect(bench.usb.calls.filter { $0 == "open 1" }.count == 1)
        bench.usb.unplug(1)
        await bench.usb.until { $0.calls.contains("close 1") }
        await bench.close()
    }
}
