import Dongles
import InMemoryLogging
import Logging
import Synchronization
import Testing
import Vaults

@testable import USBDongles

/// Where the system can't tell of arrivals, the devices are counted again and again.
@Suite(.timeLimit(.minutes(1)))
struct RescanTests {
    @Test func arrivalsAndDeparturesAreFoundByCounting() async throws {
        let usb = RecordingUSB()
        let bench = try await USBBench.start(usb, obstacle: "udev does not run here")
        #expect(
            bench.source.report().hotplug
                == .impossible(reason: "udev does not run here", rescanEvery: .milliseconds(100)))
        usb.plug(1, .init("FIRST"), telling: false)
        let arrival = try await bench.arrival()
        usb.unplug(1, telling: false)
        #expect(try await bench.departure() == arrival.port)
        #expect(usb.calls.prefix(2) == ["begin", "devices"])
        #expect(!usb.calls.contains("register"))
        await bench.close()
        #expect(!usb.calls.contains("deregister"))
    }

    @Test func thatTheyAreCountedIsSaidOnce() async throws {
        let (usb, log) = (RecordingUSB(), InMemoryLogHandler())
        let bench = try await USBBench.start(usb, obstacle: "udev does not run here", log: log)
        // The first count, and two after it.
        await usb.until { $0.calls.count { $0 == "devices" } >= 3 }
        await bench.close()
        let warnings = log.entries.filter { $0.level >= .warning }.map(\.message.description)
        #expect(warnings == ["USB dongles are looked for every 0.1 seconds, because udev does not run here"])
    }

    @Test func aLibraryThatCanNotListenIsUsedWithoutListening() async throws {
        let usb = RecordingUSB(beginErrors: [true: LibUSBError(.other)])
        let bench = try await USBBench.start(usb)
        guard case .impossible(let reason, _) = bench.source.report().hotplug else {
            Issue.record("it can't work")
            return
        }
        #expect(reason.contains("LIBUSB_ERROR_OTHER, -99"))
        usb.plug(1, .init("FIRST"), telling: false)
        #expect(try await bench.arrival().announcedSerial == SerialNumber("FIRST"))
        await bench.close()
    }

    @Test func aLibraryThatCanNotBeUsedAtAllIsAnError() async throws {
        let usb = RecordingUSB(beginErrors: [true: LibUSBError(.other), false: LibUSBError(.noMemory)])
        let error = await #expect(throws: USBStartError.self) { _ = try await USBBench.start(usb) }
        #expect(error?.message.contains("LIBUSB_ERROR_NO_MEM, -11") == true)
        #expect(usb.calls == [])
    }

    @Test func aSystemThatCeasesToTellOfArrivalsIsReported() async throws {
        let obstacle = Mutex<String?>(nil)
        let bench = try await USBBench.start(obstacle: obstacle.withLock { $0 })
        #expect(bench.source.report().hotplug == .working)
        obstacle.withLock { $0 = "udev does not run here" }
        #expect(bench.source.report().hotplug == .ended(reason: "udev does not run here"))
        obstacle.withLock { $0 = nil }
        #expect(bench.source.report().hotplug == .working)
        await bench.close()
    }

    @Test func aTroubleIsTriedAgainWithEachCount() async throws {
        let bench = try await USBBench.start(obstacle: "udev does not run here") {
            $0.openErrors = Array(repeating: LibUSBError(.access), count: 100_000)
        }
        #expect(await bench.stateOnceOpened() == .trouble(.noPermission))
        #expect(bench.watches.folders == [])
        bench.usb.change(1) { $0.openErrors = [] }
        _ = try await bench.arrival()
        await bench.close()
    }
}
