import Glibc

/// What the USB side of the daemon asks the system besides libusb. Handed in, so that tests choose it.
struct USBSurroundings: Sendable {
    /// Why the system can't tell of arrivals; nil where it can.
    var hotplugObstacle: @Sendable () -> String?
    /// Why no device can be opened at all; nil where nothing keeps the daemon from it.
    var nodesObstacle: @Sendable () -> String? = { nil }
    /// Calls `changed` when a node in `folder` is made or its permissions change, until the watch is cancelled; nil
    /// where the folder can't be watched.
    var watch: @Sendable (_ folder: String, _ changed: @escaping @Sendable () -> Void) -> NodeWatch?
    var times = USBTimes()

    /// This machine.
    static let system = USBSurroundings(
        hotplugObstacle: HotplugObstacle.found, nodesObstacle: NodesObstacle.found, watch: NodeWatch.onFolder)
}
