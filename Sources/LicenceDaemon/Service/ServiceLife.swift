import Control
import ServiceLifecycle
import Varlink

/// Keeps the service manager informed while the daemon runs: how many dongles are there, that it is alive, and that it
/// ends. Does nothing at all while nothing changes, unless the service manager asked for signs of life.
struct ServiceLife: Service {
    let notices: ServiceNotices
    /// How long the service manager waits for a sign of life; nil: it waits for none.
    let watchdog: Duration?
    let events: EventLog
    /// How the daemon is, in one sentence.
    let status: @Sendable () async -> String
    /// Returns once everything in the daemon that could hang has answered.
    let pulse: @Sendable () async -> Void

    func run() async {
        // Before the first sign of life, after which nothing that happens is missed.
        let news = events.watch()
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                if let watchdog { group.addTask { await beat(every: watchdog / 2) } }
                for await event in news where Self.kinds.contains(event.kind) {
                    notices.tell(.status(await status()))
                }
                group.cancelAll()
            }
        }
        notices.tell(.stopping)
    }

    /// The events after which the sentence reads differently.
    private static let kinds: Set<String> = ["mounted", "unmounted", "refused"]

    /// Twice in the time that the service manager waits, as `sd_watchdog_enabled(3)` advises. Where something hangs, no
    /// sign is given.
    private func beat(every interval: Duration) async {
        while !Task.isCancelled {
            await pulse()
            guard !Task.isCancelled else { return }
            notices.tell(.alive)
            await pause(for: interval)
        }
    }
}
