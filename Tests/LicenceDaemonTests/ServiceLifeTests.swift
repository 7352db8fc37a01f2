import Control
import Logging
import ServiceLifecycle
import TestKit
import Testing

@testable import LicenceDaemon

/// What the service manager is told, over a real socket.
@Suite struct ServiceLifeTests {
    private let scratch: Scratch
    private let socket: NoticeSocket
    private let events = EventLog()
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init() throws {
        scratch = try Scratch()
        socket = try NoticeSocket(scratch.path("notify"))
    }

    private var notices: ServiceNotices { ServiceNotices(address: NoticeAddress(socket.name), logger: Self.quiet) }

    /// Runs the service during `body`, and then has it end as a daemon does.
    private func living(
        watchdog: Duration? = nil, pulse: @escaping @Sendable () async -> Void = {}, _ body: () async throws -> Void
    ) async throws {
        let life = ServiceLife(
            notices: notices, watchdog: watchdog, events: events, status: { "all is well" }, pulse: pulse)
        let group = ServiceGroup(services: [life], logger: Self.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body()
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test(arguments: [false, true])
    func aNoticeArrivesAsSystemdReadsIt(_ isAbstract: Bool) async throws {
        let socket = isAbstract ? try NoticeSocket("@\(scratch.path)") : socket
        let notices = ServiceNotices(address: NoticeAddress(socket.name), logger: Self.quiet)
        notices.tell(.ready(status: "1 dongle is mounted"))
        notices.tell(.status("2 dongles\nWATCHDOG=trigger\u{1B}[2J"))
        notices.tell(.alive)
        notices.tell(.stopping)
        #expect(
            socket.waiting() == [
                "READY=1\nSTATUS=1 dongle is mounted", "STATUS=2 dongles WATCHDOG=trigger [2J", "WATCHDOG=1",
                "STOPPING=1",
            ])
    }

    @Test func aServiceManagerThatIsGoneStopsNothing() throws {
        for name in [scratch.path("nobody"), "@nobody-\(scratch.path)"] {
            ServiceNotices(address: NoticeAddress(name), logger: Self.quiet).tell(.alive)
        }
        ServiceNotices(address: nil, logger: Self.quiet).tell(.stopping)
        #expect(socket.waiting() == [])
    }

    @Test func dongleForDongleTheStatusFollows() async throws {
        // A pulse tells that the service listens; it is asked for none before.
        try await living(watchdog: .seconds(86_400)) {
            #expect(await socket.next() == "WATCHDOG=1")
            for kind in ["mounted", "unmounted", "refused"] {
                for other in ["leased", "changed", kind] { events.post(EventEntry(kind: other, time: 1)) }
                #expect(await socket.next() == "STATUS=all is well", "\(kind)")
            }
        }
        // Of the others it was told nothing: what was posted is told of before the end.
        #expect(socket.waiting() == ["STOPPING=1"])
    }

    @Test func withoutAWatchdogThereIsNoSignOfLife() async throws {
        let pulse = { @Sendable in
            _ = Issue.record("nobody asked for a pulse")
        }
        try await living(pulse: pulse) {}
        #expect(socket.waiting() == ["STOPPING=1"])
    }

    @Test func signsOfLifeComeAgainAndAgain() async throws {
        try await living(watchdog: .milliseconds(2)) {
            for _ in 0..<3 { #expect(await socket.next() == "WATCHDOG=1") }
        }
    }

    @Test func whileSomethingHangsThereIsNone() async throws {
        let (asked, hanging) = (Gate(), Gate())
        let pulse = { @Sendable in
            asked.open()
            await hanging.pass()
        }
        try await living(watchdog: .milliseconds(2), pulse: pulse) {
            await asked.pass()
            #expect(socket.waiting() == [])
            hanging.open()
            #expect(await socket.next() == "WATCHDOG=1")
        }
    }
}
