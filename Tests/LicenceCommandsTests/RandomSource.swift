import Synchronization

/// Bytes that are different each time and the same in each run.
final class RandomSource: Sendable {
    private let next = Mutex<UInt64>(0)

    func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in
            next.withLock { state in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            }
        }
    }
}
