package import Licensing

/// When something is done and by whom: written into records and history, and deciding nothing.
package struct Occasion: Sendable, Hashable {
    /// The time by the clock of the machine.
    package let now: Timestamp
    /// The user id of whoever asked for it.
    package let user: UInt32

    package init(now: Timestamp, user: UInt32) {
        self.now = now
        self.user = user
    }
}
