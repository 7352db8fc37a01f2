/// Every cap of the dongle protocol, in one place. A number here bounds what a device can make a host store or wait for,
/// and the other way round; the article "The dongle protocol" repeats those that both sides have to agree on.
package enum DongleLimits {
    /// The most bytes of payload in a frame. The largest payload there is, an error with 16 values, has 4,066.
    package static let payload = 4096
    /// The most keys or transfers on one page of a list. The largest page, of 16 transfers, has 3,041 bytes.
    package static let pageItems = 16
    /// The longest name of an error, in bytes.
    package static let errorName = 64
    /// The most values that an error carries over the cable; the rest is left out.
    package static let errorValues = 16
    /// The longest text on the cable in bytes of UTF-8: a value of an error, the reason of a locked vault. Longer ones
    /// are cut.
    package static let text = 240
    /// The most keys that a host believes a dongle to hold.
    package static let keys: UInt32 = 1024
    /// The most records of transfers that a host believes a dongle to hold.
    package static let records: UInt32 = 4096
    /// How often a host begins a list anew because it changed between two pages.
    package static let listAttempts = 4
}
