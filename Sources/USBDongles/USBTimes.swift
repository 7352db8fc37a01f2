/// How patient the USB side is.
struct USBTimes: Sendable {
    /// What is waited between two attempts to open a device that has just arrived: about a second in all, which covers
    /// a kernel that has not configured it yet and a udev that has not set its permissions (measured: well under 100
    /// ms). A failed attempt costs next to nothing, so that the first ones come soon.
    var retries: [Duration] = [5, 10, 20, 40, 80, 160, 300, 400].map { .milliseconds($0) }
    /// How long the first scan may take. A device that does not answer takes longer, and is told of when it does.
    var firstScan: Duration = .seconds(5)
    /// How long it is looked for a device to be gone, after a transfer ended in an error that does not say so. A hub
    /// tells of a pulled cable within its polling interval of 256 ms (USB 2.0, 11.12.4), and udev after that.
    var goneGrace: Duration = .seconds(1)
    /// How long a cancelled transfer may take to end. It takes microseconds; a controller that is broken may never end
    /// it.
    var cancellation: Duration = .seconds(5)
}
