import Dongles
import Testing

/// Arrivals and departures come in order, none is lost, and none takes room that it must not.
struct DongleEventsTests {
    /// A cable to nothing.
    private final class LooseEnd: DongleTransport, Sendable {
        func exchange(_ frame: [UInt8], within limit: Duration) throws(TransportError) -> [UInt8] { throw .pulled }
        func close() {}
    }

    private func arrival() -> DongleArrival {
        DongleArrival(port: DonglePort(source: "test"), transport: LooseEnd())
    }

    /// What is read, as text, until `count` events were read.
    private func read(_ events: DongleEvents, _ count: Int) async -> [String] {
        var iterator = events.makeAsyncIterator()
        var read: [String] = []
        while read.count < count, let event = await iterator.next() {
            switch event {
            case .arrived(let arrival): read.append("+\(arrival.port)")
            case .departed(let port): read.append("-\(port)")
            }
        }
        return read
    }

    @Test func tellsArrivalsAndDeparturesInOrder() async {
        let events = DongleEvents(capacity: 4)
        let (first, second) = (arrival(), arrival())
        #expect(first.port != second.port)
        #expect(events.arrive(first))
        #expect(await read(events, 1) == ["+\(first.port)"])
        #expect(events.arrive(second))
        events.depart(first.port)
        #expect(await read(events, 2) == ["+\(second.port)", "-\(first.port)"])
    }

    @Test func aReaderThatWaitsIsToldAtOnce() async {
        let events = DongleEvents(capacity: 1)
        let arrival = arrival()
        async let told = read(events, 2)
        #expect(events.arrive(arrival))
        events.depart(arrival.port)
        events.finish()
        // Depending on who comes first, the reader sees both or, for nothing was read yet, neither.
        let expected = ["+\(arrival.port)", "-\(arrival.port)"]
        #expect([expected, []].contains(await told))
    }

    @Test func whatDepartsUnreadIsNotToldOf() async {
        let events = DongleEvents(capacity: 1)
        for _ in 0..<100 {
            let arrival = arrival()
            #expect(events.arrive(arrival))
            events.depart(arrival.port)
        }
        let last = arrival()
        #expect(events.arrive(last))
        events.finish()
        #expect(await read(events, 5) == ["+\(last.port)"])
    }

    @Test func aPlaceIsFreeAgainOnlyOnceTheDepartureWasRead() async {
        let events = DongleEvents(capacity: 1)
        let (first, second, third) = (arrival(), arrival(), arrival())
        #expect(events.arrive(first))
        #expect(!events.arrive(second))
        #expect(await read(events, 1) == ["+\(first.port)"])
        events.depart(first.port)
        #expect(!events.arrive(second))
        #expect(await read(events, 1) == ["-\(first.port)"])
        #expect(events.arrive(third))
    }

    @Test func departuresOfStrangersAndDoubledOnesAreIgnored() async {
        let events = DongleEvents(capacity: 2)
        let arrival = arrival()
        events.depart(arrival.port)
        #expect(events.arrive(arrival))
        #expect(!events.arrive(arrival))
        #expect(await read(events, 1) == ["+\(arrival.port)"])
        events.depart(arrival.port)
        events.depart(arrival.port)
        events.finish()
        #expect(await read(events, 5) == ["-\(arrival.port)"])
    }

    @Test func aReaderThatIsCancelledStopsWaiting() async {
        let events = DongleEvents(capacity: 1)
        let reader = Task { await self.read(events, 1) }
        reader.cancel()
        #expect(await reader.value == [])
        #expect(events.arrive(arrival()))
    }

    @Test func nothingArrivesOnceItIsClosed() async {
        let events = DongleEvents(capacity: 1)
        events.finish()
        #expect(!events.arrive(arrival()))
        #expect(await read(events, 1) == [])
    }
}
