/// Where a gadget stands, by the events that came: a pure value.
package struct GadgetState: Sendable, Hashable {
    /// What has to be done about an event.
    package enum Action: Sendable, Hashable {
        /// Nothing.
        case nothing
        /// The request on the control pipe is refused, which is done by going the other way: reading where the host
        /// wants to read, writing where it wants to write.
        case stall(isToHost: Bool)
    }

    /// The number of the conversation: how often the endpoints became fresh. What was read in one belongs to no other.
    package private(set) var conversation: UInt64 = 0
    /// Whether the host has the endpoints in use.
    package private(set) var isEnabled = false
    /// Whether the gadget lost its controller after it had one.
    package private(set) var isUnbound = false

    package init() {}

    /// Takes note of an event.
    package mutating func take(_ event: GadgetEvent) -> Action {
        switch event {
        case .bind:
            isUnbound = false
        case .enable:
            // A host that sets the interface again begins a conversation anew without ending the one before.
            conversation &+= 1
            isEnabled = true
        case .disable:
            isEnabled = false
        case .unbind:
            isEnabled = false
            isUnbound = true
        case .setup(let request):
            return .stall(isToHost: request.isToHost)
        case .suspend, .resume, .unknown:
            // A bus that sleeps keeps what is on its way.
            break
        }
        return .nothing
    }
}
