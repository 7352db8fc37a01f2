import Dispatch
import Dongles
import Logging
import Synchronization

/// One plugging-in of one device: does what its ``PlugState`` says, one thing after the other, on a queue of its own
/// where waiting is allowed.
///
/// It is forgotten only after the handle is closed.
final class USBPlug: Sendable {
    /// What a plug needs of its source.
    struct Source: Sendable {
        let calls: any LibUSBCalls
        let events: DongleEvents
        let times: USBTimes
        let logger: Logger
        /// The roll is to be called.
        let recount: @Sendable () -> Void
        /// The plug has come to rest, or was forgotten.
        let settled: @Sendable (USBPlug) -> Void
        /// Nothing is left of it; `isStuck`: but a transfer that never ended, and the handle that it needs.
        let forgotten: @Sendable (USBPlug, _ isStuck: Bool) -> Void
    }

    private struct State {
        var rules = PlugState()
        var opened: USBOpening.Result?
        var arrival: (port: DonglePort, cable: USBCable)?
        var isStuck = false
        /// Whether the kernel said that the device is gone.
        var isLost = false
        /// The trouble that the log was told of last.
        var lastSaid: USBTrouble?
    }

    let device: USBDevice
    let facts: USBDeviceFacts

    private let source: Source
    private let queue: DispatchQueue
    private let state = Mutex(State())

    init(_ device: USBDevice, _ facts: USBDeviceFacts, _ source: Source) {
        self.device = device
        self.facts = facts
        self.source = source
        queue = DispatchQueue(label: "almd.usb.\(facts.bus).\(facts.address)")
    }

    /// How it stands; nil where nothing is left of it.
    var sighting: USBSighting? {
        let rules = state.withLock { $0.rules }
        return rules.sighting.map {
            USBSighting(node: facts.node, identity: facts.identity, serial: rules.serial, state: $0)
        }
    }

    /// Takes note of what has happened. What follows from it is done later, in the same order.
    func take(_ event: PlugState.Event) {
        state.withLock { state in
            let action = state.rules.take(event)
            // Within the lock, so that what is done keeps the order of what has happened.
            if action != .nothing { queue.async { self.perform(action) } }
        }
    }

    private func perform(_ action: PlugState.Action) {
        switch action {
        case .nothing: break
        case .open: open(source.times.retries[...])
        case .openAgain: open([])
        case .announce: announce()
        case .close: closeHandle()
        case .withdraw: withdraw()
        case .settle:
            if let trouble = news() {
                source.logger.warning(
                    "USB device \(facts.identity) is not used: \(trouble.message)",
                    metadata: ["node": "\(facts.node)", "hint": "\(trouble.hint)"])
            }
            let wasLost = state.withLock { state in
                defer { state.isLost = false }
                return state.isLost
            }
            // It is still listed: another device may have come to its place, unnoticed.
            if wasLost { source.recount() }
            source.settled(self)
        case .forget:
            let isStuck = state.withLock { $0.isStuck }
            source.forgotten(self, isStuck)
            source.settled(self)
        }
    }

    /// The trouble that it is in, unless that was said already: it is tried again whenever anything changes on the bus, and
    /// without udev every few seconds. That it was put aside is said by whoever does so.
    private func news() -> USBTrouble? {
        guard case .trouble(let trouble) = sighting?.state, trouble != .putAside else { return nil }
        return state.withLock { state in
            defer { state.lastSaid = trouble }
            return state.lastSaid == trouble ? nil : trouble
        }
    }

    /// Tries to open the device, and tries again after each of `pauses` unless that would not help.
    private func open(_ pauses: ArraySlice<Duration>) {
        do throws(USBOpening.Failure) {
            let opened = try USBOpening(calls: source.calls, device: device, facts: facts).run()
            state.withLock { $0.opened = opened }
            take(.opened(opened.serial))
        } catch {
            let isGone = state.withLock { $0.rules.phase == .opening(.departed) }
            guard error.mayPass, !isGone, let pause = pauses.first else {
                take(.failed(error.trouble))
                return
            }
            queue.asyncAfter(deadline: .now() + .nanoseconds(pause.wholeNanoseconds)) {
                if self.state.withLock({ $0.rules.phase == .opening(.departed) }) {
                    self.take(.failed(error.trouble))
                } else {
                    self.open(pauses.dropFirst())
                }
            }
        }
    }

    private func announce() {
        guard let opened = state.withLock({ $0.opened }) else { return }
        let port = DonglePort(source: "usb")
        let cable = USBCable(
            source.calls, opened, times: source.times,
            owner: USBCable.Owner(
                closed: { self.take(.unusable(.putAside)) },
                lost: {
                    self.state.withLock { $0.isLost = true }
                    self.take(.unusable(USBTrouble(LibUSBError(.noDevice))))
                },
                doubted: source.recount))
        state.withLock { $0.arrival = (port, cable) }
        let isTold = source.events.arrive(
            DongleArrival(port: port, transport: cable, announcedSerial: opened.serial))
        if isTold { source.settled(self) } else { take(.unusable(.tooMany)) }
    }

    private func withdraw() {
        let arrival = state.withLock { state in
            defer { state.arrival = nil }
            return state.arrival
        }
        guard let (port, cable) = arrival else { return }
        source.events.depart(port)
        cable.end { isStuck in
            self.queue.async {
                if isStuck { self.leaveHandle() } else { self.closeHandle() }
            }
        }
    }

    private func closeHandle() {
        let opened = state.withLock { state in
            defer { state.opened = nil }
            return state.opened
        }
        if let opened {
            source.calls.release(opened.handle, interface: opened.pipes.interface)
            source.calls.close(opened.handle)
        }
        take(.closed)
    }

    /// Leaves the handle open for ever: a transfer on it has not ended, and may yet write into its buffer.
    private func leaveHandle() {
        source.logger.error(
            "a transfer to USB device \(facts.identity) never ended; its memory is kept",
            metadata: ["node": "\(facts.node)"])
        state.withLock { state in
            state.opened = nil
            state.isStuck = true
        }
        take(.closed)
    }
}
