/// How long a host waits for a dongle. A dongle that takes longer is taken for silent.
package struct DongleTimes: Sendable, Hashable {
    /// For one operation of the vault, all pages of a list together. A release needs about ten writes that reach the
    /// medium, of up to a second each on slow flash memory.
    package var operation: Duration
    /// For the greeting when it is plugged in.
    package var greeting: Duration

    package init(operation: Duration = .seconds(15), greeting: Duration = .seconds(5)) {
        self.operation = operation
        self.greeting = greeting
    }
}
