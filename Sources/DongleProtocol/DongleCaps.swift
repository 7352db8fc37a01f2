/// How many dongles a daemon deals with, in one place.
package enum DongleCaps {
    /// How many may be in use at a time, on USB and on the bus together; one more is refused by name, and has the place of
    /// the next that goes. USB alone tells of no more, either.
    package static let inUse = 32
    /// How many cables may be plugged into the bus of dongles in files; one more is cut off.
    package static let cables = 16
    /// How many kinds of USB device may be configured.
    package static let identities = 32
}
