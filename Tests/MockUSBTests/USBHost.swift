#if MOCKED_USB
    import Dispatch
    import DongleProtocol
    import Dongles
    import Licensing
    import Logging
    import MockUSB
    import Synchronization
    import TestKit
    import Testing
    import Vaults

    @testable import USBDongles

    /// A host on the mocked bus: the source of dongles under test, and whoever reads its events and its log.
    ///
    /// Its waits block, so ``run(_:)`` gives it a thread of its own.
    final class USBHost: Sendable {
        let bus: MockBus
        let source: USBDongleSource
        let log: LogRecorder
        private let events = Waitable<DongleEvent>()

        private init(_ bus: MockBus, _ source: USBDongleSource, _ log: LogRecorder) {
            self.bus = bus
            self.source = source
            self.log = log
            // Ends when the source is closed.
            Task { [events] in
                for await event in source.events { events.append(event) }
                events.close()
            }
        }

        /// Starts a host for as long as `body` runs, and closes it. Nothing is left on the bus afterwards.
        ///
        /// - Parameter obstacle: why the system can't tell of arrivals; nil: it can. Whether udev runs where the tests do is
        ///   no matter of a bus that is mocked.
        static func run(obstacle: String? = nil, _ body: (USBHost) async throws -> Void) async throws {
            try await onThread {
                let host = try await start(obstacle)
                do {
                    try await body(host)
                } catch {
                    await host.close()
                    try host.bus.unplugEverything()
                    throw error
                }
                await host.close()
                try host.bus.unplugEverything()
            }
        }

        private static func start(_ obstacle: String?) async throws -> USBHost {
            let bus = try MockBus.shared()
            let log = LogRecorder()
            var surroundings = USBSurroundings.system
            surroundings.hotplugObstacle = { obstacle }
            let source = try await USBDongleSource.start(
                USBSettings(rescanInterval: .milliseconds(100)), calls: SystemLibUSB(), in: surroundings,
                logger: Logger(label: "test") { _ in log })
            return USBHost(bus, source, log)
        }

        /// Ends the source.
        func close() async { await source.close() }

        /// The next event of either kind.
        func event() -> DongleEvent? { events.next() }

        /// The next arrival; anything else than one is an issue.
        func arrival(_ location: SourceLocation = #_sourceLocation) throws -> DongleArrival {
            guard
                case .arrived(let arrival) = try #require(events.next(), "\(source.report())", sourceLocation: location)
            else {
                Issue.record("a departure", sourceLocation: location)
                throw MockBus.Failure(description: "no arrival")
            }
            return arrival
        }

        /// The next departure; anything else than one is an issue.
        func departure(_ location: SourceLocation = #_sourceLocation) throws -> DonglePort {
            guard case .departed(let port) = try #require(events.next(), sourceLocation: location) else {
                Issue.record("an arrival", sourceLocation: location)
                throw MockBus.Failure(description: "no departure")
            }
            return port
        }

        /// Whether the events have come to their end.
        func isAtEnd() -> Bool { events.next() == nil }

        /// Plugs a dongle in and waits until it has arrived.
        func plug(_ dongle: MockDongle, at address: UInt32? = nil) throws -> (
            plug: MockBus.Plug, arrival: DongleArrival
        ) {
            let plug = try bus.plug(dongle, at: address)
            return (plug, try arrival())
        }

        /// Pulls a dongle out and waits until it has departed.
        func unplug(_ plug: MockBus.Plug, _ port: DonglePort, _ location: SourceLocation = #_sourceLocation) throws {
            try bus.unplug(plug)
            #expect(try departure(location) == port, sourceLocation: location)
        }
    }

    /// Runs `body` where it may block: on a thread that nothing else needs.
    func onThread<Answer>(_ body: () async throws -> Answer) async rethrows -> Answer {
        try await withTaskExecutorPreference(OwnThread(), operation: body)
    }

    private final class OwnThread: TaskExecutor {
        private let queue = DispatchQueue(label: "org.almd.mock.test")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    /// Things that come one after the other, and are waited for.
    final class Waitable<Element: Sendable>: Sendable {
        private let state = Mutex((waiting: [Element](), isClosed: false))
        private let count = DispatchSemaphore(value: 0)

        func append(_ element: Element) {
            state.withLock { $0.waiting.append(element) }
            count.signal()
        }

        func close() {
            state.withLock { $0.isClosed = true }
            count.signal()
        }

        /// The next; nil at the end, and when none has come for so long that none will.
        func next() -> Element? {
            guard count.wait(timeout: .now() + 20) == .success else { return nil }
            return state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
        }
    }

    /// Keeps what is logged at the level `notice` and above.
    final class LogRecorder: LogHandler, Sendable {
        private let lines = Waitable<String>()

        /// The next line that was logged; nil when none comes.
        func next() -> String? { lines.next() }

        func log(event: LogEvent) {
            guard event.level >= .notice else { return }
            lines.append("\(event.level): \(event.message)")
        }

        subscript(metadataKey _: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .debug }
            set {}
        }
    }

    /// A vault in memory behind a mocked dongle, with a key in it.
    struct Sample {
        let memory: MemoryVault
        let dongle: MockDongle
        let key: TestKey

        init(
            _ serial: String = "4711", keys: Int = 1, announcing: String? = nil, speed: MockSpeed = .high,
            faults: Set<MockFault> = []
        ) throws {
            memory = MemoryVault(
                location: .usb(try #require(SerialNumber(serial))), capacity: .dongle,
                random: DeterministicRandom(seed: 5).source)
            dongle = try MockDongle(memory, announcing: announcing, speed: speed, faults: faults)
            let vendor = try TestVendor()
            let clock = ManualClock()
            let made = try (0..<max(1, keys)).map { try vendor.key("\(serial) \($0)") }
            for key in made.prefix(keys) { try memory.mint(key.certificate, key.seed, on: clock.occasion()) }
            key = made[0]
        }
    }
#endif
