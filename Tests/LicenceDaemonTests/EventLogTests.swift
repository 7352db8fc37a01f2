import Control
import Testing

@testable import LicenceDaemon

/// What happens, told to whoever watches.
@Suite struct EventLogTests {
    private let log = EventLog()

    private func read(_ stream: AsyncStream<EventEntry>) async -> [Int] {
        var times: [Int] = []
        for await event in stream { times.append(event.time) }
        return times
    }

    private func post(_ times: some Sequence<Int>) {
        for time in times { log.post(EventEntry(kind: "changed", time: time)) }
    }

    @Test func everyWatcherIsToldEverythingFromItsBeginningOn() async {
        post([1])
        let first = log.watch()
        post([2])
        let second = log.watch()
        post([3])
        log.finish()
        #expect(await read(first) == [2, 3])
        #expect(await read(second) == [3])
    }

    @Test func aWatcherThatDoesNotReadLosesTheOldestAndTheDaemonNeverWaits() async {
        let stream = log.watch()
        post(1...EventLog.unreadEvents + 44)
        log.finish()
        #expect(await read(stream) == Array(45...EventLog.unreadEvents + 44))
    }

    @Test func afterTheEndThereIsNothingMoreToWaitFor() async {
        log.finish()
        #expect(await read(log.watch()) == [])
        log.finish()
    }

    @Test func aWatcherThatGoesAwayIsForgotten() async {
        let watching = Task { await read(log.watch()) }
        watching.cancel()
        _ = await watching.value
        post([1])
        log.finish()
        #expect(await watching.value == [])
    }
}
