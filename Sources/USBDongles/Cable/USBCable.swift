import Dispatch
import DongleProtocol
import Dongles
import Synchronization

/// The host's end of a USB cable: bulk transfers, at most one in flight at a time.
///
/// ``exchange(_:within:)`` blocks the thread it is called on; the event thread ends the transfers. A transfer and its
/// buffer are freed when it has ended and not before, whatever happens to the cable meanwhile. Handle and interface are
/// its owner's: ``end(_:whenQuiet:)`` tells when they may be closed.
final class USBCable: DongleTransport, Sendable {
    /// What the cable tells its owner.
    struct Owner: Sendable {
        /// The host has closed the cable.
        var closed: @Sendable () -> Void
        /// The kernel says that the device is gone.
        var lost: @Sendable () -> Void
        /// The device may be gone: the roll is to be called.
        var doubted: @Sendable () -> Void
    }

    private struct State {
        /// Whether an exchange is running.
        var isBusy = false
        /// The transfer that is in flight, and where its end is waited for.
        var flight: (transfer: USBTransfer, landing: Landing)?
        /// Whether a transfer never ended, so that what it lies on can't be closed any more.
        var isStuck = false
        /// Why no reply is given any more.
        var ending: TransportError?
        /// Whether the owner has ended the cable.
        var isEnded = false
        /// Called once no exchange is running.
        var whenQuiet: (@Sendable (_ isStuck: Bool) -> Void)?
    }

    private let calls: any LibUSBCalls
    private let handle: USBHandle
    private let pipes: USBPipes
    private let times: USBTimes
    private let owner: Owner
    private let state = Mutex(State())
    /// Signalled when the owner has ended the cable.
    private let ended = DispatchSemaphore(value: 0)

    init(_ calls: any LibUSBCalls, _ opened: USBOpening.Result, times: USBTimes, owner: Owner) {
        self.calls = calls
        self.handle = opened.handle
        self.pipes = opened.pipes
        self.times = times
        self.owner = owner
    }

    func exchange(_ frame: [UInt8], within limit: Duration) throws(TransportError) -> [UInt8] {
        let refusal = state.withLock { state -> TransportError? in
            if let ending = state.ending { return ending }
            if state.isBusy { return .failed("nothing: another request still waits") }
            state.isBusy = true
            return nil
        }
        if let refusal { throw refusal }
        let result: Result<[UInt8], TransportError>
        do throws(TransportError) {
            let deadline = DispatchTime.now() + .nanoseconds(limit.wholeNanoseconds)
            try send(frame, by: deadline)
            result = .success(try receive(by: deadline))
        } catch {
            result = .failure(error)
        }
        return try finish(result).get()
    }

    func close() { owner.closed() }

    /// Ends the cable: whoever waits for a reply is told `.pulled`, now and from now on.
    ///
    /// - Parameter whenQuiet: called once, when no transfer is in flight any more and none will be; `isStuck`: one
    ///   never ended, so the handle must stay open for ever.
    func end(whenQuiet: @escaping @Sendable (_ isStuck: Bool) -> Void) {
        let isStuck = state.withLock { state -> Bool? in
            guard !state.isEnded else { return nil }
            state.isEnded = true
            state.ending = state.ending ?? .pulled
            // Within the lock: a transfer is freed only after it was taken out of the state.
            if let (transfer, landing) = state.flight {
                calls.cancel(transfer)
                landing.hurry()
            }
            if !state.isBusy { return state.isStuck }
            state.whenQuiet = whenQuiet
            return nil
        }
        ended.signal()
        if let isStuck { whenQuiet(isStuck) }
    }

    /// What comes of the exchange, which is over.
    private func finish(_ result: Result<[UInt8], TransportError>) -> Result<[UInt8], TransportError> {
        let (final, whenQuiet, isStuck) = state.withLock { state in
            defer { state.whenQuiet = nil }
            state.isBusy = false
            var final = result
            if case .failure(let error) = result {
                let ending = state.ending ?? error
                state.ending = ending
                final = .failure(ending)
            }
            return (final, state.whenQuiet, state.isStuck)
        }
        whenQuiet?(isStuck)
        if case .failure(.pulled) = final, whenQuiet == nil { owner.lost() }
        return final
    }

    private func send(_ frame: [UInt8], by deadline: DispatchTime) throws(TransportError) {
        let end = try transfer(.send(frame), endpoint: pipes.output, by: deadline)
        guard end.count == frame.count else { throw .failed("word that it took only a part of the request") }
    }

    /// The bytes of one frame: first one read that brings its header, then the rest by the length that the header
    /// names.
    private func receive(by deadline: DispatchTime) throws(TransportError) -> [UInt8] {
        var bytes: [UInt8] = []
        var emptyReads = 0
        while emptyReads <= Self.mostEmptyReads {
            let size: Int?
            do throws(FrameError) {
                size = try Frame.size(announcedBy: bytes)
            } catch {
                throw .failed(error.reason)
            }
            let missing = (size ?? Frame.headerSize) - bytes.count
            if size != nil, missing <= 0 {
                guard missing == 0 else { throw .failed(FrameError.trailing.reason) }
                return bytes
            }
            let end = try transfer(.receive(wholePackets(for: missing)), endpoint: pipes.input, by: deadline)
            bytes += end.received
            if end.received.isEmpty { emptyReads += 1 }
        }
        throw .failed("empty packets, again and again")
    }

    /// The size of a read that takes `count` bytes: whole packets, since a packet that does not fit is an error.
    private func wholePackets(for count: Int) -> Int {
        let size = pipes.inputPacketSize
        return (count + size - 1) / size * size
    }

    /// The most reads for one frame that bring nothing. One of them is a dongle's habit of ending what fills its last
    /// packet with an empty one.
    private static let mostEmptyReads = 16

    /// One transfer, from its beginning to its end.
    private func transfer(
        _ load: USBLoad, endpoint: UInt8, by deadline: DispatchTime
    ) throws(TransportError) -> USBTransferEnd {
        let landing = Landing()
        do {
            try submit(load, endpoint: endpoint, landing)
        } catch let error as TransportError {
            throw error
        } catch let error as LibUSBError {
            throw error.code == .noDevice ? .pulled : afterError(error.description)
        } catch {
            throw .failed("nothing (\(error))")
        }
        let end = try wait(for: landing, by: deadline)
        switch end.status {
        case .completed: return end
        case .noDevice: throw .pulled
        case .cancelled, .timedOut: throw .silent
        case .overflow: throw .failed("more than it may")
        case .error, .stall: throw afterError("LIBUSB_TRANSFER_\(end.status.rawValue)")
        }
    }

    /// Sends a transfer on its way unless the cable has ended, in one step, so that its end can't be asked for in
    /// between.
    private func submit(_ load: USBLoad, endpoint: UInt8, _ landing: Landing) throws {
        let capacity =
            switch load {
            case .send(let bytes): bytes.count
            case .receive(let count): count
            }
        let transfer = try calls.makeTransfer(capacity: capacity)
        do {
            try state.withLock { state in
                if let ending = state.ending { throw ending }
                try calls.submit(transfer, on: handle, endpoint: endpoint, load) { landing.take($0) }
                state.flight = (transfer, landing)
            }
        } catch {
            calls.free(transfer)
            throw error
        }
    }

    /// Waits until the transfer has ended, asking for its end when the time is up, and frees it.
    private func wait(for landing: Landing, by deadline: DispatchTime) throws(TransportError) -> USBTransferEnd {
        var end = landing.wait(until: deadline)
        if end == nil {
            state.withLock { state in
                // Whoever has ended the cable has asked for it already.
                if !state.isEnded, let flight = state.flight { calls.cancel(flight.transfer) }
            }
            let patience = DispatchTime.now() + .nanoseconds(times.cancellation.wholeNanoseconds)
            repeat { end = landing.wait(until: patience) } while end == nil && DispatchTime.now() < patience
        }
        let transfer = state.withLock { state in
            defer { state.flight = nil }
            if end == nil { state.isStuck = true }
            return state.flight?.transfer
        }
        guard let end else { throw .silent }
        if let transfer { calls.free(transfer) }
        return end
    }

    /// What an error that does not name its cause means: a device that is gone, or one that is there and broken.
    private func afterError(_ name: String) -> TransportError {
        do throws(LibUSBError) {
            try calls.askWhetherThere(handle, interface: pipes.interface)
        } catch  where error.code == .noDevice {
            return .pulled
        } catch {
            // It says nothing, so the roll decides.
        }
        owner.doubted()
        let patience = DispatchTime.now() + .nanoseconds(times.goneGrace.wholeNanoseconds)
        guard ended.wait(timeout: patience) == .timedOut else { return .pulled }
        return .failed("nothing (\(name))")
    }
}

/// Where a transfer's end is left by the event thread and fetched by who waits for it.
private final class Landing: Sendable {
    private let arrived = DispatchSemaphore(value: 0)
    private let end = Mutex<USBTransferEnd?>(nil)

    func take(_ end: USBTransferEnd) {
        self.end.withLock { $0 = end }
        arrived.signal()
    }

    /// Has whoever waits look, although no end has come.
    func hurry() { arrived.signal() }

    /// The end, if it has come by then.
    func wait(until deadline: DispatchTime) -> USBTransferEnd? {
        _ = arrived.wait(timeout: deadline)
        // What is there decides, not whether the time was up.
        return end.withLock { $0 }
    }
}
