import DongleProtocol
import Dongles
import Testing

@testable import USBDongles

/// How frames lie on the endpoints, and what a device can do wrong there.
@Suite(.timeLimit(.minutes(1)))
struct TransferTests {
    private let request = Array(repeating: UInt8(0x11), count: 40)

    private static func frame(_ payload: Int) throws -> [UInt8] {
        try Frame(
            command: 1, direction: .reply(.done), sequence: 1,
            payload: (0..<payload).map { UInt8(truncatingIfNeeded: $0) }
        ).bytes
    }

    /// What an exchange comes to with a device that does this with each transfer after the request.
    private func outcome(
        _ reactions: [RecordingUSB.Reaction], times: USBTimes = .short
    ) async throws -> (result: Result<[UInt8], TransportError>, transfers: [String]) {
        let bench = try await USBBench.start(times: times) { $0.reactions = [.completes()] + reactions }
        let cable = try await bench.arrival().transport
        let result = await exchanged(cable, request)
        let transfers = bench.usb.calls.filter { $0.hasPrefix("send") || $0.hasPrefix("receive") }
        if case .failure(let error) = result {
            #expect(await exchanged(cable, request) == .failure(error))
            #expect(bench.usb.calls.filter { $0.hasPrefix("send") || $0.hasPrefix("receive") } == transfers)
        }
        await bench.close()
        return (result, transfers)
    }

    @Test func aShortReplyTakesOneRead() async throws {
        let reply = try Self.frame(10)
        let (result, transfers) = try await outcome([.completes(reply)])
        #expect(result == .success(reply))
        #expect(transfers == ["send 40 to 1", "receive 64 from 1"])
    }

    @Test(arguments: [0, 47, 48, 49, 112, 4096])
    func aReplyIsReadInWholePackets(_ payload: Int) async throws {
        let reply = try Self.frame(payload)
        let rest = reply.dropFirst(64)
        var reactions = [RecordingUSB.Reaction.completes(Array(reply.prefix(64)))]
        if !rest.isEmpty { reactions.append(.completes(Array(rest))) }
        let (result, transfers) = try await outcome(reactions)
        #expect(result == .success(reply))
        let whole = (rest.count + 63) / 64 * 64
        var expected = ["send 40 to 1", "receive 64 from 1"]
        if !rest.isEmpty { expected.append("receive \(whole) from 1") }
        #expect(transfers == expected)
    }

    @Test func aReplyMayComeInPieces() async throws {
        let reply = try Self.frame(30)
        let (result, _) = try await outcome(reply.map { .completes([$0]) })
        #expect(result == .success(reply))
    }

    @Test func aFewEmptyPacketsAreReadOver() async throws {
        let reply = try Self.frame(10)
        let (result, _) = try await outcome(
            Array(repeating: .completes([]), count: 16) + [.completes(reply)])
        #expect(result == .success(reply))
    }

    @Test func emptyPacketsWithoutEndAreAnError() async throws {
        let (result, transfers) = try await outcome(Array(repeating: .completes([]), count: 100))
        #expect(result == .failure(.failed("empty packets, again and again")))
        #expect(transfers.count == 18)
    }

    @Test func bytesBehindAReplyAreAnError() async throws {
        let (result, _) = try await outcome([.completes(try Self.frame(10) + [0])])
        #expect(result == .failure(.failed(FrameError.trailing.reason)))
    }

    @Test func whatIsNoFrameIsAnErrorAtOnce() async throws {
        let (result, transfers) = try await outcome([.completes([0xA5])])
        #expect(result == .failure(.failed(FrameError.magic.reason)))
        #expect(transfers.count == 2)
    }

    @Test func aFrameThatIsTooLongIsNotRead() async throws {
        var header = Array(try Self.frame(0))
        (header[10], header[11]) = (0xFF, 0xFF)
        let (result, transfers) = try await outcome([.completes(header)])
        #expect(result == .failure(.failed(FrameError.tooLong.reason)))
        #expect(transfers.count == 2)
    }

    @Test func aPacketThatDoesNotFitIsAnError() async throws {
        let (result, _) = try await outcome([.ends(.overflow)], times: .patient)
        #expect(result == .failure(.failed("more than it may")))
    }

    @Test func aRequestOfWhichOnlyAPartWasTakenIsAnError() async throws {
        let bench = try await USBBench.start { $0.reactions = [.takes(39)] }
        let result = await exchanged(try await bench.arrival().transport, request)
        #expect(result == .failure(.failed("word that it took only a part of the request")))
        await bench.close()
    }

    @Test(arguments: [USBTransferEnd.Status.error, .stall])
    func anErrorOfADeviceThatStaysNamesItself(_ status: USBTransferEnd.Status) async throws {
        let (result, _) = try await outcome([.ends(status)])
        #expect(result == .failure(.failed("nothing (LIBUSB_TRANSFER_\(status.rawValue))")))
    }

    @Test func aTransferThatIsNotTakenNamesTheError() async throws {
        let (result, _) = try await outcome([.refused(LibUSBError(.noMemory))])
        #expect(result == .failure(.failed("nothing (LIBUSB_ERROR_NO_MEM, -11)")))
    }

    @Test func twoRequestsAtATimeAreRefused() async throws {
        let bench = try await USBBench.start()
        bench.usb.plug(1, .init("FIRST"))
        let cable = try await bench.arrival().transport
        async let first = exchanged(cable)
        await bench.usb.until { $0.calls.last == "receive 64 from 1" }
        guard case .failure(.failed(let reason)) = await exchanged(cable) else {
            Issue.record("it was not refused")
            return
        }
        #expect(reason.contains("another request"))
        await bench.close()
        #expect(await first == .failure(.pulled))
    }
}
