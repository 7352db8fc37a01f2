import Synchronization
package import Vaults

/// What was drawn at random, each time by itself.
package final class DrawRecord: Sendable {
    private let recorded = Mutex<[[UInt8]]>([])

    package init() {}

    /// Draws from a source, and writes down what that gave.
    package func draw(_ count: Int, from source: RandomBytes) -> [UInt8] {
        let bytes = source(count)
        recorded.withLock { $0.append(bytes) }
        return bytes
    }

    /// What was drawn until now, in order.
    package var draws: [[UInt8]] { recorded.withLock { $0 } }
}
