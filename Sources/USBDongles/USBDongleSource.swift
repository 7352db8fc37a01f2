import Dispatch
import DongleProtocol
package import Dongles
package import Logging
import Synchronization

/// The dongles on USB: finds them, opens them, and tells when they come and go.
///
/// Whatever the system says of arrivals and departures only makes the roll be called: the devices that are there are
/// compared with those that are known, so that nothing depends on how often, how early or in which order it is told.
/// What libusb was not told of, because the kernel had no room to keep it for libusb, is found with whatever it is told of
/// next. That it was pulled out again is noticed then, too, or when it is used.
/// What waits for a device does so on a queue of the device's own. Nothing runs while nothing happens.
package final class USBDongleSource: DongleSource {
    /// Who is plugged in and who was pulled out; ``DongleCaps/inUse`` at a time.
    package let events = DongleEvents(capacity: DongleCaps.inUse)

    private struct State {
        var plugs: [USBDevice: USBPlug] = [:]
        var watches: [String: NodeWatch] = [:]
        var hotplug = USBReport.Hotplug.working
        var timer: RunningSource?
        var isRollDue = false
        var isClosing = false
        var isStuck = false
        var isUnwatchedSaid = false
    }

    private let settings: USBSettings
    private let calls: any LibUSBCalls
    private let surroundings: USBSurroundings
    private let logger: Logger
    private let thread: USBEventThread
    private let state = Mutex(State())
    /// Where the roll is called.
    private let queue = DispatchQueue(label: "almd.usb")
    /// Empty once every plug is forgotten.
    private let plugs = DispatchGroup()
    /// Empty once every device of the first roll call has come to rest.
    private let firstRoll = DispatchGroup()

    private init(
        _ settings: USBSettings, _ calls: any LibUSBCalls, _ surroundings: USBSurroundings, _ logger: Logger
    ) {
        self.settings = settings
        self.calls = calls
        self.surroundings = surroundings
        self.logger = logger
        thread = USBEventThread(calls, logger: logger)
    }

    /// Looks for dongles, and goes on looking until ``close()``.
    ///
    /// Returns after the first scan: every dongle that is there has been told of, or its trouble is in the report. One
    /// that keeps silent is not waited for longer than ``USBTimes/firstScan``.
    ///
    /// - Throws: ``USBStartError`` where libusb can't be used at all.
    package static func start(
        _ settings: USBSettings, logger: Logger
    ) async throws(USBStartError) -> USBDongleSource {
        try await start(settings, calls: SystemLibUSB(), in: .system, logger: logger)
    }

    /// The same with other calls and surroundings than the system's.
    static func start(
        _ settings: USBSettings, calls: any LibUSBCalls, in surroundings: USBSurroundings, logger: Logger
    ) async throws(USBStartError) -> USBDongleSource {
        let source = USBDongleSource(settings, calls, surroundings, logger)
        try source.begin()
        await withCheckedContinuation { continuation in
            let scanned = Once { continuation.resume() }
            source.queue.async {
                source.callRoll(isFirst: true)
                source.firstRoll.notify(queue: source.queue) { scanned.happens() }
            }
            let patience = surroundings.times.firstScan.wholeNanoseconds
            source.queue.asyncAfter(deadline: .now() + .nanoseconds(patience)) { scanned.happens() }
        }
        source.rescanIfNeeded()
        return source
    }

    /// Ends every cable and the events, and gives everything back to the system.
    package func close() async {
        await withCheckedContinuation { continuation in
            queue.async { self.end { continuation.resume() } }
        }
    }

    /// What is known now, from any thread. No device is asked, only the system whether it still tells of arrivals.
    package func report() -> USBReport {
        var (hotplug, plugs) = state.withLock { ($0.hotplug, Array($0.plugs.values)) }
        if hotplug == .working, let reason = surroundings.hotplugObstacle() { hotplug = .ended(reason: reason) }
        return USBReport(hotplug: hotplug, devices: plugs.compactMap(\.sighting).sorted { $0.node < $1.node })
    }

    private func begin() throws(USBStartError) {
        if let obstacle = surroundings.hotplugObstacle() ?? beginListening() {
            do throws(LibUSBError) {
                try calls.begin(listening: false)
            } catch {
                throw USBStartError(
                    message: "libusb can't be used (\(error))",
                    hint: "an administrator has to let almd see /dev/bus/usb and /sys")
            }
            let interval = max(settings.rescanInterval, .milliseconds(100))
            state.withLock { $0.hotplug = .impossible(reason: obstacle, rescanEvery: interval) }
            logger.warning(
                "USB dongles are looked for every \(interval), because \(obstacle)",
                metadata: ["hint": "an administrator has to let almd hear udev, so that it need not look"])
        }
        if let obstacle = surroundings.nodesObstacle() {
            logger.warning(
                "no dongle on USB can be used, because \(obstacle)",
                metadata: ["hint": "an administrator has to let almd see it; PrivateDevices=yes in a unit hides it"])
        }
        guard thread.start() else {
            calls.end()
            throw USBStartError(
                message: "the system has no thread to give", hint: "an administrator has to raise almd's limit of tasks"
            )
        }
    }

    /// Begins with libusb listening for arrivals, or says why it can't.
    private func beginListening() -> String? {
        do throws(LibUSBError) {
            try calls.begin(listening: true)
        } catch {
            return "libusb can't listen for them (\(error))"
        }
        do throws(LibUSBError) {
            try calls.registerHotplug { [weak self] in self?.recount() }
            return nil
        } catch {
            calls.end()
            return "libusb can't tell of them (\(error))"
        }
    }

    private func rescanIfNeeded() {
        guard case .impossible(_, let interval) = state.withLock({ $0.hotplug }) else { return }
        let timer = DispatchSource.makeTimerSource(queue: queue)
        let period = DispatchTimeInterval.milliseconds(interval.wholeMilliseconds)
        timer.schedule(deadline: .now() + period, repeating: period, leeway: .milliseconds(100))
        timer.setEventHandler { [weak self] in self?.callRoll(isFirst: false) }
        let running = RunningSource(timer)
        state.withLock { $0.timer = running }
    }

    /// Has the roll called soon; once, however often this is called before it is. From any thread, and without waiting.
    private func recount() {
        let isNew = state.withLock { state in
            defer { state.isRollDue = true }
            return !state.isRollDue && !state.isClosing
        }
        if isNew { queue.async { self.callRoll(isFirst: false) } }
    }

    /// Compares the devices that are there with those that are known.
    private func callRoll(isFirst: Bool) {
        let known = state.withLock { state -> [USBDevice: USBPlug]? in
            state.isRollDue = false
            return state.isClosing ? nil : state.plugs
        }
        guard let known else { return }
        let present: [USBDevice: USBDeviceFacts]
        do throws(LibUSBError) {
            present = try calls.devices()
        } catch {
            logger.error("the USB devices could not be counted: \(error)")
            return
        }
        for (device, facts) in present.sorted(by: { $0.value.node < $1.value.node }) {
            if let plug = known[device] {
                plug.take(.counted)
            } else if settings.identities.contains(facts.identity) {
                meet(device, facts, isFirst: isFirst)
            }
        }
        for (device, plug) in known where present[device] == nil { plug.take(.departed) }
    }

    /// Makes the acquaintance of a device that was not there before.
    private func meet(_ device: USBDevice, _ facts: USBDeviceFacts, isFirst: Bool) {
        let firstRest = isFirst ? firstRest() : nil
        plugs.enter()
        let plug = USBPlug(
            device, facts,
            USBPlug.Source(
                calls: calls, events: events, times: surroundings.times, logger: logger,
                recount: { self.recount() },
                settled: { _ in
                    firstRest?.happens()
                    self.queue.async { self.watchNodes() }
                },
                forgotten: { plug, isStuck in
                    self.state.withLock { state in
                        state.plugs[plug.device] = nil
                        if isStuck { state.isStuck = true }
                    }
                    self.plugs.leave()
                }))
        state.withLock { $0.plugs[device] = plug }
        plug.take(.counted)
    }

    /// A device's place among those of the first scan that have not come to rest yet.
    private func firstRest() -> Once {
        firstRoll.enter()
        return Once { [firstRoll] in firstRoll.leave() }
    }

    /// Has the roll called when the permissions of a node change that may not be opened. Nobody else tells of that:
    /// libusb does not listen for changes.
    private func watchNodes() {
        let (isListening, plugs, watched) = state.withLock { state in
            (state.hotplug == .working && !state.isClosing, Array(state.plugs.values), state.watches)
        }
        let refused = plugs.filter { $0.sighting?.state == .trouble(.noPermission) }
        // One that is just being tried again keeps its watch.
        let tried = plugs.filter { $0.sighting?.state == .opening }
        let needed = isListening ? Set(refused.map(\.facts.folder)) : []
        let kept = isListening ? needed.union(tried.map(\.facts.folder)) : []
        for (folder, watch) in watched where !kept.contains(folder) {
            state.withLock { $0.watches[folder] = nil }
            watch.cancel()
        }
        for folder in needed.subtracting(watched.keys) {
            guard let watch = surroundings.watch(folder, { [weak self] in self?.recount() }) else {
                sayUnwatched(folder)
                continue
            }
            state.withLock { $0.watches[folder] = watch }
            // What changed before the watch was there.
            recount()
        }
    }

    /// Says that a folder can't be watched; once, since it is tried again with whatever happens.
    private func sayUnwatched(_ folder: String) {
        let isNew = state.withLock { state in
            defer { state.isUnwatchedSaid = true }
            return !state.isUnwatchedSaid
        }
        guard isNew else { return }
        logger.warning(
            "a change of the permissions of a device is not noticed, because \(folder) can't be watched",
            metadata: [
                "hint": """
                once the dongle may be opened, plug it in again; an administrator raises the limits of inotify \
                (sysctl fs.inotify.max_user_instances fs.inotify.max_user_watches)
                """
            ])
    }

    private func end(_ done: @escaping @Sendable () -> Void) {
        let (known, timer, hotplug) = state.withLock { state in
            defer {
                state.isClosing = true
                state.timer = nil
            }
            return (state.isClosing ? nil : state.plugs, state.timer, state.hotplug)
        }
        guard let known else {
            plugs.notify(queue: queue, execute: done)
            return
        }
        timer?.cancel()
        watchNodes()
        if hotplug == .working { calls.deregisterHotplug() }
        for plug in known.values { plug.take(.departed) }
        plugs.notify(queue: queue) {
            self.thread.stop()
            // A transfer that never ended may yet write into memory that belongs to the context.
            if !self.state.withLock({ $0.isStuck }) { self.calls.end() }
            self.events.finish()
            done()
        }
    }
}

/// Something that happens once, however often and from wherever it is called.
private final class Once: Sendable {
    private let body: @Sendable () -> Void
    private let hasHappened = Atomic(false)

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }

    func happens() {
        if !hasHappened.exchange(true, ordering: .relaxed) { body() }
    }
}
