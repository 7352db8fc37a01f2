import Dongles
import Testing
import Vaults

@testable import USBDongles

/// A cable that ends while something is under way: whoever waits is told, and everything is given back in order.
@Suite(.timeLimit(.minutes(1)))
struct PullTests {
    /// A bench with one dongle, and the exchange that waits for its reply.
    private func waiting(
        times: USBTimes, _ change: (inout RecordingUSB.Device) -> Void = { _ in }
    ) async throws -> (USBBench, DonglePort, Task<Result<[UInt8], TransportError>, Never>) {
        let bench = try await USBBench.start(times: times)
        var device = RecordingUSB.Device("FIRST")
        change(&device)
        bench.usb.plug(1, device)
        let arrival = try await bench.arrival()
        // Ended by the test, which awaits its value.
        let exchange = Task { await exchanged(arrival.transport) }
        await bench.usb.until { $0.flying == 1 && $0.calls.last == "receive 64 from 1" }
        return (bench, arrival.port, exchange)
    }

    @Test func anIdleDongleThatIsPulledOutIsClosed() async throws {
        let bench = try await USBBench.start()
        bench.usb.plug(1, .init("FIRST"))
        let arrival = try await bench.arrival()
        bench.usb.unplug(1)
        #expect(try await bench.departure() == arrival.port)
        await bench.usb.until { $0.calls.contains("close 1") }
        #expect(bench.usb.calls.suffix(2) == ["release 1", "close 1"])
        #expect(bench.source.report().devices == [])
        #expect(await exchanged(arrival.transport) == .failure(.pulled))
        await bench.close()
    }

    @Test func aPendingTransferThatEndsAsNoDeviceIsAPull() async throws {
        let (bench, port, exchange) = try await waiting(times: .patient)
        bench.usb.unplug(1, ending: .noDevice)
        #expect(await exchange.value == .failure(.pulled))
        #expect(try await bench.departure() == port)
        await bench.usb.until { $0.calls.contains("close 1") }
        let endings = bench.usb.calls.filter { call in
            ["free", "close"].contains { call.hasPrefix($0) }
        }
        #expect(endings == ["free 1", "free 1", "close 1"])
        await bench.close()
    }

    @Test func aPendingTransferThatEndsAsAnErrorIsAPullWhereTheKernelSaysSo() async throws {
        let (bench, port, exchange) = try await waiting(times: .patient) { $0.thereError = LibUSBError(.noDevice) }
        bench.usb.unplug(1, ending: .error, telling: false)
        #expect(await exchange.value == .failure(.pulled))
        #expect(try await bench.departure() == port)
        await bench.close()
    }

    @Test(arguments: [USBTransferEnd.Status.error, .stall])
    func aPendingTransferThatEndsAsAnErrorIsAPullWhereTheRollSaysSo(_ status: USBTransferEnd.Status) async throws {
        let (bench, port, exchange) = try await waiting(times: .patient)
        // Nobody tells, and the kernel has not noticed: the roll is called for the error alone.
        bench.usb.unplug(1, ending: status, telling: false)
        #expect(await exchange.value == .failure(.pulled))
        #expect(try await bench.departure() == port)
        await bench.close()
    }

    @Test func aTransferThatStaysInFlightAtTheUnplugIsCancelled() async throws {
        let (bench, port, exchange) = try await waiting(times: .patient)
        bench.usb.unplug(1, ending: nil)
        #expect(await exchange.value == .failure(.pulled))
        #expect(try await bench.departure() == port)
        await bench.usb.until { $0.calls.contains("close 1") }
        #expect(bench.usb.calls.suffix(4) == ["cancel 1", "free 1", "release 1", "close 1"])
        await bench.close()
    }

    @Test func aDongleThatDoesNotAnswerIsSilentAndItsTransferCancelledBeforeItIsFreed() async throws {
        let bench = try await USBBench.start()
        bench.usb.plug(1, .init("FIRST"))
        let arrival = try await bench.arrival()
        #expect(await exchanged(arrival.transport, within: .milliseconds(1)) == .failure(.silent))
        #expect(bench.usb.calls.suffix(2) == ["cancel 1", "free 1"])
        #expect(await exchanged(arrival.transport) == .failure(.silent))
        #expect(bench.usb.calls.suffix(2) == ["cancel 1", "free 1"])
        #expect(bench.state() == .inUse)
        await bench.close()
    }

    @Test func aReplyThatComesWithTheCancellationCounts() async throws {
        let bench = try await USBBench.start()
        bench.usb.plug(1, .init("FIRST"))
        let arrival = try await bench.arrival()
        bench.usb.change(1) { $0.cancelledStatus = .completed }
        // An empty packet, so that another read is due, for which there is no time left.
        #expect(
            await exchanged(arrival.transport, within: .milliseconds(1))
                == .failure(.failed("empty packets, again and again")))
        await bench.close()
    }

    @Test func closingTheSourceEndsWhoWaits() async throws {
        let (bench, _, exchange) = try await waiting(times: .patient)
        await bench.close()
        #expect(await exchange.value == .failure(.pulled))
        #expect(
            bench.usb.calls.suffix(6)
                == ["cancel 1", "free 1", "release 1", "close 1", "interrupt", "end"])
    }

    @Test func closingTheCableEndsWhoWaits() async throws {
        let bench = try await USBBench.start(times: .patient)
        bench.usb.plug(1, .init("FIRST"))
        let arrival = try await bench.arrival()
        async let exchange = exchanged(arrival.transport)
        await bench.usb.until { $0.calls.last == "receive 64 from 1" }
        arrival.transport.close()
        #expect(await exchange == .failure(.pulled))
        #expect(try await bench.departure() == arrival.port)
        await bench.usb.until { $0.calls.contains("close 1") }
        await bench.close()
    }

    @Test func aDeviceThatIsLostAndStillListedIsOpenedAnew() async throws {
        let (bench, port, exchange) = try await waiting(times: .patient)
        // Departure and arrival were both missed, and the new device looks like the old one.
        bench.usb.unplug(1, ending: .noDevice, telling: false)
        bench.usb.plug(1, .init("SECOND"), telling: false)
        #expect(await exchange.value == .failure(.pulled))
        #expect(try await bench.departure() == port)
        let again = try await bench.arrival()
        #expect(again.port != port)
        #expect(again.announcedSerial?.description == "SECOND")
        await bench.close()
    }

    @Test func aTransferThatNeverEndsKeepsItsMemoryAndItsHandle() async throws {
        let (bench, port, exchange) = try await waiting(
            times: USBTimes(retries: [], cancellation: .milliseconds(1))
        ) { $0.isDeaf = true }
        bench.usb.unplug(1, ending: nil)
        #expect(try await bench.departure() == port)
        #expect(await exchange.value == .failure(.pulled))
        await bench.source.close()
        #expect(bench.usb.violations == [])
        #expect(!bench.usb.calls.contains("release 1"))
        #expect(!bench.usb.calls.contains("close 1"))
        #expect(!bench.usb.calls.contains("end"))
        #expect(bench.usb.calls.filter { $0 == "free 1" }.count == 1)
        #expect(bench.usb.calls.last == "interrupt")
    }
}
