import Testing
import USBGadget

/// What the kernel tells, and where the gadget then stands.
struct EventTests {
    private func event(_ number: UInt8, setup: [UInt8] = []) -> [UInt8] {
        setup + [UInt8](repeating: 0, count: 8 - setup.count) + [number, 0, 0, 0]
    }

    @Test func readEveryEventThatThereIs() {
        let setup = GadgetEvent.SetupRequest(type: 0xC1)
        let expected: [GadgetEvent] = [
            .bind, .unbind, .enable, .disable, .setup(setup), .suspend, .resume, .unknown(7), .unknown(255),
        ]
        let bytes = [0, 1, 2, 3, 4, 5, 6, 7, 255].flatMap { event($0, setup: [0xC1, 0x51, 1, 2, 3, 4, 5, 6]) }
        #expect(GadgetEvent.events(in: bytes[...]) == expected)
    }

    @Test(arguments: 0..<GadgetEvent.size) func dropHalfAnEvent(_ count: Int) {
        let bytes = event(2) + event(3).prefix(count)
        #expect(GadgetEvent.events(in: bytes[...]) == [.enable])
    }

    @Test func readFromTheMiddleOfWhatWasRead() {
        let bytes = event(2) + event(3)
        #expect(GadgetEvent.events(in: bytes[12...]) == [.disable])
    }

    /// What one event makes of a gadget that a host uses, and of one that none does.
    struct Step: Sendable, CustomTestStringConvertible {
        let event: GadgetEvent
        let isEnabled: [Bool]
        let isUnbound: Bool
        var begins = false
        var action = GadgetState.Action.nothing
        var testDescription: String { "\(event)" }
    }

    static let steps = [
        Step(event: .bind, isEnabled: [false, true], isUnbound: false),
        Step(event: .enable, isEnabled: [true, true], isUnbound: false, begins: true),
        Step(event: .disable, isEnabled: [false, false], isUnbound: false),
        Step(event: .unbind, isEnabled: [false, false], isUnbound: true),
        Step(
            event: .setup(.init(type: 0x40)), isEnabled: [false, true], isUnbound: false,
            action: .stall(isToHost: false)),
        Step(
            event: .setup(.init(type: 0xC0)), isEnabled: [false, true], isUnbound: false,
            action: .stall(isToHost: true)),
        Step(event: .suspend, isEnabled: [false, true], isUnbound: false),
        Step(event: .resume, isEnabled: [false, true], isUnbound: false),
        Step(event: .unknown(9), isEnabled: [false, true], isUnbound: false),
    ]

    @Test(arguments: steps, [false, true]) func standWhereTheEventLeads(_ step: Step, _ isInUse: Bool) {
        var state = GadgetState()
        _ = state.take(.bind)
        if isInUse { _ = state.take(.enable) }
        let before = state.conversation
        #expect(state.take(step.event) == step.action)
        #expect(state.isEnabled == step.isEnabled[isInUse ? 1 : 0])
        #expect(state.isUnbound == step.isUnbound)
        #expect((state.conversation != before) == step.begins)
    }

    @Test func countEveryConversationThatAHostBegins() {
        var state = GadgetState()
        var seen: Set<UInt64> = [state.conversation]
        // Plugged in, set again without an end in between, reset, plugged out and in.
        for event: GadgetEvent in [.bind, .enable, .enable, .disable, .enable, .unbind, .bind, .enable] {
            _ = state.take(event)
            if event == .enable { #expect(seen.insert(state.conversation).inserted) }
        }
        #expect(!state.isUnbound)
    }
}
