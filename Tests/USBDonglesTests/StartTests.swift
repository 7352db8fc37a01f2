import DongleProtocol
import Dongles
import Testing
import Vaults

@testable import USBDongles

/// What is done at the start and at the end, and in which order.
@Suite(.timeLimit(.minutes(1)))
struct StartTests {
    /// The calls by which a dongle is opened.
    static func opening(_ number: UInt) -> [String] {
        ["open", "interfaces", "text 0 of", "text 3 of", "claim", "select"].map { "\($0) \(number)" }
    }

    @Test func registersThenScansThenOpensAndTellsBeforeStartReturns() async throws {
        let usb = RecordingUSB()
        usb.plug(1, .init("FIRST"))
        let bench = try await USBBench.start(usb)
        let expected: [String] = ["begin listening", "register", "devices"] + Self.opening(1)
        #expect(usb.calls == expected)
        #expect(
            bench.source.report()
                == USBReport(
                    hotplug: .working,
                    devices: [
                        USBSighting(
                            node: "/dev/bus/usb/001/004", identity: .standard, serial: SerialNumber("FIRST"),
                            state: .inUse)
                    ]))
        #expect(try await bench.arrival().announcedSerial == SerialNumber("FIRST"))
        await bench.close()
    }

    @Test func givesEverythingBackInOrderAtTheEnd() async throws {
        let usb = RecordingUSB()
        usb.plug(1, .init("FIRST"))
        let bench = try await USBBench.start(usb)
        _ = try await bench.arrival()
        await bench.close()
        #expect(
            usb.calls.suffix(5) == ["deregister", "release 1", "close 1", "interrupt", "end"])
        #expect(bench.source.report().devices == [])
        #expect(try await bench.departure().description.hasPrefix("usb:"))
        #expect(await bench.isAtEnd())
    }

    @Test func aDeviceThatIsNotOneOfOursIsNotTouched() async throws {
        let usb = RecordingUSB()
        usb.plug(1, .init("FIRST", identity: USBIdentity(vendor: 0x1209, product: 0x0002)))
        let bench = try await USBBench.start(usb)
        #expect(usb.calls == ["begin listening", "register", "devices"])
        #expect(bench.source.report().devices == [])
        await bench.close()
    }

    @Test func aDeviceThatKeepsSilentDoesNotHoldUpTheStart() async throws {
        let usb = RecordingUSB()
        let gate = Gate()
        var device = RecordingUSB.Device("FIRST")
        device.gate = gate
        usb.plug(1, device)
        var times = USBTimes.short
        times.firstScan = .zero
        let bench = try await USBBench.start(usb, times: times)
        #expect(bench.state() == .opening)
        gate.open()
        #expect(try await bench.arrival().announcedSerial == SerialNumber("FIRST"))
        await bench.close()
    }

    @Test func anArrivalDuringTheFirstScanIsNotMissed() async throws {
        let usb = RecordingUSB { $0.plug(1, .init("FIRST")) }
        let bench = try await USBBench.start(usb)
        #expect(try await bench.arrival().announcedSerial == SerialNumber("FIRST"))
        await bench.close()
    }

    @Test func severalDevicesOpenIndependently() async throws {
        let bench = try await USBBench.start()
        let gate = await bench.plugHeldUp(2, serial: "SLOW", at: 5)
        bench.usb.plug(1, .init("FIRST"))
        #expect(try await bench.arrival().announcedSerial == SerialNumber("FIRST"))
        #expect(bench.state(5) == .opening)
        gate.open()
        #expect(try await bench.arrival().announcedSerial == SerialNumber("SLOW"))
        await bench.close()
    }

    @Test func oneDongleTooManyIsNotTold() async throws {
        let usb = RecordingUSB()
        for number in 1...UInt(DongleCaps.inUse + 1) {
            usb.plug(number, .init("DONGLE-\(number)", at: UInt8(number)))
        }
        let bench = try await USBBench.start(usb)
        var told: Set<SerialNumber?> = []
        for _ in 0..<DongleCaps.inUse { told.insert(try await bench.arrival().announcedSerial) }
        #expect(told.count == DongleCaps.inUse)
        #expect(bench.source.report().devices.filter { $0.state == .trouble(.tooMany) }.count == 1)
        await bench.close()
    }

    @Test func closingWhileADeviceIsOpenedTakesTheOpeningBack() async throws {
        let bench = try await USBBench.start()
        let gate = await bench.plugHeldUp()
        let (source, usb) = (bench.source, bench.usb)
        async let closed: Void = source.close()
        await usb.until { $0.calls.contains("deregister") }
        gate.open()
        await closed
        #expect(usb.calls.suffix(4) == ["release 1", "close 1", "interrupt", "end"])
        #expect(usb.violations == [])
        #expect(await bench.isAtEnd())
    }

    @Test func closingTwiceEndsOnce() async throws {
        let bench = try await USBBench.start()
        let source = bench.source
        async let first: Void = source.close()
        async let second: Void = source.close()
        _ = await (first, second)
        await source.close()
        #expect(bench.usb.calls.filter { $0 == "end" }.count == 1)
        #expect(bench.usb.violations == [])
    }

    @Test func nothingRunsWhileNothingHappens() async throws {
        let usb = RecordingUSB()
        usb.plug(1, .init("FIRST"))
        let bench = try await USBBench.start(usb)
        let calls = usb.calls
        // Whatever would run by itself would have to come before these two are through.
        usb.tell()
        await usb.until { $0.calls.count > calls.count }
        #expect(usb.calls == calls + ["devices"])
        await bench.close()
    }
}
