/// The speeds at which a bulk endpoint works. (Low speed has none.)
package enum USBSpeed: Sendable, Hashable, CaseIterable {
    /// 12 Mbit/s.
    case full
    /// 480 Mbit/s.
    case high
    /// 5 Gbit/s and more.
    case superSpeed

    /// The bytes of a full packet: the most that USB 2.0 (5.8.3) allows at full speed, and the only size that USB 2.0 and
    /// USB 3.2 (9.6.6) allow at the two others.
    package var bulkPacketSize: UInt16 {
        switch self {
        case .full: 64
        case .high: 512
        case .superSpeed: 1024
        }
    }
}
