import Testing
import Vaults

@testable import USBDongles

/// Every event in every phase.
struct PlugStateTests {
    private typealias Event = PlugState.Event

    /// The phases by name, and the events by which each is reached.
    private static let phases: [(name: String, path: [Event], phase: PlugState.Phase)] = [
        ("seen", [], .seen),
        ("opening", [.counted], .opening(.nothing)),
        ("opening, counted", [.counted, .counted], .opening(.counted)),
        ("opening, departed", [.counted, .departed], .opening(.departed)),
        ("in use", [.counted, opened], .inUse),
        ("closing in trouble", [.counted, opened, .unusable(.putAside)], .closing(.putAside)),
        ("closing for good", [.counted, opened, .departed], .closing(nil)),
        ("unused, may pass", [.counted, .failed(.noPermission)], .unused(.noPermission)),
        ("unused", [.counted, .failed(.noDongleInterface)], .unused(.noDongleInterface)),
        ("gone", [.departed], .gone),
    ]

    private static let opened: Event = SerialNumber("FIRST").map(Event.opened) ?? .counted
    private static let events: [Event] = [
        .counted, opened, .failed(.claimedByAnother), .failed(.serialUnusable), .unusable(.tooMany), .departed, .closed,
    ]

    /// What is done, and the phase that follows, where an event means anything in a phase.
    private static let table: [String: [Int: (PlugState.Action, PlugState.Phase)]] = [
        "seen": [0: (.open, .opening(.nothing)), 5: (.forget, .gone)],
        "opening": [
            0: (.nothing, .opening(.counted)), 1: (.announce, .inUse), 2: (.settle, .unused(.claimedByAnother)),
            3: (.settle, .unused(.serialUnusable)), 5: (.nothing, .opening(.departed)),
        ],
        "opening, counted": [
            1: (.announce, .inUse), 2: (.openAgain, .opening(.nothing)), 3: (.settle, .unused(.serialUnusable)),
            5: (.nothing, .opening(.departed)),
        ],
        "opening, departed": [1: (.close, .closing(nil)), 2: (.forget, .gone), 3: (.forget, .gone)],
        "in use": [4: (.withdraw, .closing(.tooMany)), 5: (.withdraw, .closing(nil))],
        "closing in trouble": [5: (.nothing, .closing(nil)), 6: (.settle, .unused(.putAside))],
        "closing for good": [6: (.forget, .gone)],
        "unused, may pass": [0: (.openAgain, .opening(.nothing)), 5: (.forget, .gone)],
        "unused": [5: (.forget, .gone)],
        "gone": [:],
    ]

    @Test func everyEventInEveryPhaseDoesWhatTheTableSays() throws {
        for (name, path, phase) in Self.phases {
            let row = try #require(Self.table[name])
            for (index, event) in Self.events.enumerated() {
                var state = PlugState()
                for step in path { _ = state.take(step) }
                #expect(state.phase == phase, "\(name)")
                let expected = row[index] ?? (.nothing, phase)
                #expect(state.take(event) == expected.0, "\(event) while \(name)")
                #expect(state.phase == expected.1, "\(event) while \(name)")
            }
        }
    }

    @Test func theReportShowsNothingOfWhatIsGone() {
        for (name, path, _) in Self.phases {
            var state = PlugState()
            for step in path { _ = state.take(step) }
            let isGone = ["opening, departed", "closing for good", "gone"].contains(name)
            #expect((state.sighting == nil) == isGone, "\(name)")
        }
    }
}
